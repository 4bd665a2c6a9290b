"""Whose the files of a person are: of one person in one database, never of another's account or another database."""

from __future__ import annotations

import hashlib
import string

_PLAIN = frozenset(string.ascii_letters + string.digits + "._-")
_SHOWN = 40


def owner_of(person: str, origin: str) -> str:
    """Returns the name under which the files of `person` in the database `origin` are kept.

    It begins with what can be read of the person's name; what tells it from every other is the digest behind the @.
    """
    name = "".join(letter if letter in _PLAIN else "_" for letter in person)[:_SHOWN]
    digest = hashlib.sha256(f"{person}\0{origin}".encode()).hexdigest()[:20]
    return f"{name}@{digest}"
