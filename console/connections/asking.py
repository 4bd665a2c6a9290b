"""What a person types on the terminal at a question; a password where nobody sees it, or given by a script on standard input."""

from __future__ import annotations

import os
import sys

from core.errors import BadInput, Unavailable
from core.printable import printable

MOST_BYTES = 4096


def typed(asks: str, *, is_seen: bool = True) -> str:
    """Returns what is typed on the terminal at a question; empty where it is left without an answer (ctrl+d)."""
    import getpass

    try:
        return input(asks) if is_seen else getpass.getpass(asks)
    except EOFError:
        sys.stderr.write("\n")  # what is said of it begins a line of its own
        return ""
    except UnicodeDecodeError:
        raise BadInput("what was typed is not UTF-8", next_step="Nothing was done. Type it again") from None


def typed_password(title: str) -> str:
    """Returns what is typed on the terminal of this process, unseen; `title` says what it opens.

    Raises Unavailable without a terminal, BadInput where nothing is typed.
    """
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        raise Unavailable(
            f"there is no terminal to ask for the password of {title}",
            next_step="A script gives it with --password-stdin; a service by a credential or a key file",
        ) from None
    return usable_password(typed(f"Password for {printable(title, 200)}: ", is_seen=False))


def new_password(login: str) -> str:
    """Returns a password that was typed twice alike, unseen. Raises BadInput where the second is another."""
    first = typed_password(f"{login}, a new one")
    if typed_password(f"{login}, once more") != first:
        raise BadInput("the two passwords differ", next_step="Nothing was changed. Type it again")
    return first


def given_password() -> str:
    """Returns the one line on standard input. Raises BadInput where that is a terminal, or no one line."""
    if sys.stdin is None or sys.stdin.isatty():
        raise BadInput(
            "--password-stdin reads what a script writes",
            next_step="Leave it out: the password is asked for unseen",
        )
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    line, _, more = data.partition(b"\n")
    if more or len(data) > MOST_BYTES:
        raise BadInput("standard input holds more than the one line of a password")
    try:
        return usable_password(line.removesuffix(b"\r").decode())
    except UnicodeDecodeError:
        raise BadInput("the password is not UTF-8") from None


def usable_password(text: str) -> str:
    """Returns a password; raises BadInput for an empty one, or one that no connection can carry."""
    if not text:
        raise BadInput("no password was given", next_step="Nothing was changed")
    if "\0" in text:
        raise BadInput("a password cannot hold a NUL")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInput("the password is not UTF-8") from None
    return text
