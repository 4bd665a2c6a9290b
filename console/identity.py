"""Who is at the keyboard, and which seat this is."""

from __future__ import annotations

import os
import pwd


def actor() -> str:
    """Returns the operating-system user; never an environment variable that anyone may set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"


def new_seat(kind: str) -> str:
    """Returns a name for this process that no other has: `console:host:4711:9f3a04c1`; it cannot be guessed."""
    return f"{kind}:{os.uname().nodename}:{os.getpid()}:{os.urandom(4).hex()}"
