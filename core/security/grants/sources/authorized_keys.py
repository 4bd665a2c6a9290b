"""SSH authorized_keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT): which keys may log in as an account."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from core.security.foreign import Malformed
from core.security.grants.sources.model import Collector, Line, Listing, name_of

if TYPE_CHECKING:
    from datetime import date

_TYPES: Final = re.compile(r"(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)[a-z0-9@.-]+")
_WORD: Final = re.compile(r'(?:[^\s",]|"(?:\\"|[^"])*")+')
_OPTION: Final = re.compile(r'(?<![A-Za-z0-9-])([A-Za-z0-9-]+)(?:="((?:\\"|[^"])*)")?(?:,|$)')
_TOLD: Final = ("from", "command", "restrict", "principals", "cert-authority")
"""Options that say what a key may do; they stand beside it."""


_AS: Final = re.compile(r"ssh key \S+ as (.+)")


def account_in(entitlement: str) -> str | None:
    """Returns as which account a key may log in; None of a right that is none of a key."""
    found = _AS.fullmatch(entitlement)
    return found[1] if found else None


def read(content: str, account: str) -> Listing:
    """Returns which keys may log in as `account`. A key goes by its comment, or where it has none by its fingerprint."""
    found = Collector()
    lines = content.splitlines()
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        place = f"line {number}"
        is_cut = number == len(lines) and not content.endswith("\n")
        _take(found, place, stripped, account, is_cut=is_cut)
    if found.refusals and not found.lines:
        first = found.refusals[0]
        raise Malformed(
            f"is no file of authorized keys: {first.why}", where=first.place,
            next_step="Its lines have options, the type of a key, the key and a comment",
        )  # fmt: skip
    return found.listing("authorized_keys")


def _take(found: Collector, place: str, line: str, account: str, *, is_cut: bool) -> None:
    options, rest = "", line
    if not _TYPES.match(line.split(None, 1)[0]):
        options, rest = _options_of(line)
    parts = rest.split(None, 2)
    if len(parts) < 2 or not _TYPES.fullmatch(parts[0]):
        found.refuse(place, "names no type of a key")
        return
    fingerprint = _fingerprint(parts[0], parts[1])
    if fingerprint is None:
        if is_cut:
            raise Malformed(
                "ends in the middle of a key: it was cut off", where=place, next_step="Copy it again"
            )
        found.refuse(place, f"is no key of type {name_of(parts[0])}")
        return
    given = {name.lower(): value for name, value in _OPTION.findall(options)}
    try:
        expires = _day(given.get("expiry-time", ""))
    except ValueError:
        found.refuse(place, f"{name_of(given['expiry-time'])!r} is no time of expiry: write 20301231")
        return
    comment = name_of(parts[2]) if len(parts) == 3 else ""
    told = [f'{name}="{given[name]}"' if given[name] else name for name in _TOLD if name in given]
    found.add(Line(
        place, comment or fingerprint, f"ssh key {fingerprint} as {account}",
        is_privileged=account == "root" or "cert-authority" in given, expires=expires,
        said=name_of(" ".join([parts[0], *told])), names=(comment.partition("@")[0],) if comment else (),
    ))  # fmt: skip


def _options_of(line: str) -> tuple[str, str]:
    """Returns the options before a key, and what comes behind them: quoted blanks and commas part nothing."""
    place = 0
    while (found := _WORD.match(line, place)) is not None:
        place = found.end()
        if line[place : place + 1] != ",":
            break
        place += 1
    return line[:place], line[place:].strip()


def _fingerprint(kind: str, written: str) -> str | None:
    """Returns the SHA-256 fingerprint of a key as ssh-keygen writes it; None of anything that is no key of that type."""
    try:
        blob = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return None
    name = kind.encode()
    parts = _parts(blob)
    if not parts or parts[0] != name or len(parts) < 2:
        return None
    return "SHA256:" + base64.b64encode(sha256(blob).digest()).decode().rstrip("=")


def _parts(blob: bytes) -> list[bytes] | None:
    """Returns the strings a key consists of, each with its length before it (RFC 4251, section 5); None where it is cut off."""
    found: list[bytes] = []
    place = 0
    while place < len(blob):
        size = int.from_bytes(blob[place : place + 4], "big")
        if place + 4 + size > len(blob):
            return None
        found.append(blob[place + 4 : place + 4 + size])
        place += 4 + size
    return found


def _day(written: str) -> date | None:
    """Returns the day of YYYYMMDD[HHMM[SS]][Z]; raises ValueError."""
    if not written:
        return None
    digits = written.removesuffix("Z")
    shapes = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
    return datetime.strptime(digits, shapes.get(len(digits), "")).replace(tzinfo=UTC).date()
