"""What the starter files take from the machine they are written on: its interpreter, its person, its zone."""

from __future__ import annotations

import os
import pwd
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.printable import printable

_KERNEL_LIMIT = 127  # bytes of a first line that every Linux reads whole


@dataclass(frozen=True, slots=True)
class Person:
    """The operating-system user who writes the starter: the first of the staff."""

    id: str
    login: str
    name: str


def present_person() -> Person:
    """Returns the user this process runs as; a user without an account goes by number."""
    try:
        account = pwd.getpwuid(os.getuid())
    except KeyError:
        login, full_name = f"uid-{os.getuid()}", ""
    else:
        login, full_name = account.pw_name, account.pw_gecos.split(",")[0]
    login = printable(login, 200)
    name = printable(full_name, 200).strip() or login
    identity = re.sub(r"[^a-z0-9._-]+", "-", login.lower()).strip("-._")[:100]
    return Person(identity or "me", login, name)


def local_zone(localtime: Path = Path("/etc/localtime"), timezone: Path = Path("/etc/timezone")) -> str:
    """Returns the IANA name of this machine's zone, or UTC when it does not say."""
    candidates = []
    if localtime.is_symlink():
        candidates.append(str(localtime.readlink()).partition("zoneinfo/")[2])
    if timezone.is_file():
        candidates.append(timezone.read_text(encoding="utf-8", errors="replace").strip())
    return next((name for name in candidates if _is_zone(name)), "UTC")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def interpreter_line(python: str = "") -> str:
    """Returns the first line, or lines, of a script that `python` (this interpreter, unless told) is to run.

    Isolated and without site packages: it starts fast, and nothing in the environment changes what it imports.
    The kernel takes a path without blanks and up to a length; any other goes through /bin/sh, by lines
    that the shell runs and Python reads as a text.
    """
    python = python or sys.executable
    line = f"#!{python} -IS"
    if len(os.fsencode(line)) <= _KERNEL_LIMIT and not re.search(r"\s", python):
        return line
    quoted = re.sub(r'([\\"$`])', r"\\\1", python)
    return f"#!/bin/sh\n'''exec' \"{quoted}\" -IS \"$0\" \"$@\"\n' '''"


def watchfloor_command() -> list[str]:
    """Returns how to run `watchfloor` with this interpreter: the script beside it, else the module."""
    script = Path(sys.executable).with_name("watchfloor")
    return [str(script)] if os.access(script, os.X_OK) else [sys.executable, "-m", "console"]
