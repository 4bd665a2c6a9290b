"""/etc/passwd and /etc/group of a host (passwd(5), group(5)): who may log in, and who is in which group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.security.foreign import Malformed
from core.security.grants.sources.model import Collector, Line, Listing, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_LOGIN: Final = frozenset({"nologin", "false", "sync", "shutdown", "halt", "true"})
"""Shells, by the last part of their path, that let nobody in."""
PRIVILEGED_GROUPS: Final = frozenset(
    {"root", "wheel", "sudo", "admin", "docker", "lxd", "libvirt", "kvm", "disk", "shadow", "adm", "systemd-journal", "sys"}
)  # fmt: skip
"""Groups whose members can become root, or read what only root may, on the usual systems."""


def read_passwd(content: str) -> Listing:
    """Returns who may log in on the host; an account without a shell to log in with gives nobody a right."""
    found = Collector()
    for place, fields in _rows(content, 7, "passwd"):
        if fields is None:
            found.refuse(place, "has not the 7 fields of an account")
            continue
        name, _, number, _, gecos, _, shell = fields
        if not name or name.startswith(("+", "-")):
            found.refuse(place, "takes accounts from elsewhere, which cannot be read here")
        elif not (number.isascii() and number.isdecimal()):
            found.refuse(place, f"{name_of(number)!r} is no number of a user")
        elif not number.strip("0"):
            found.add(Line(place, name_of(name), "root account", is_privileged=True, said=_said(gecos)))
        elif shell.rpartition("/")[2] in _NO_LOGIN:
            found.skip("accounts that nobody logs in with")
        else:
            found.add(Line(place, name_of(name), "login", said=_said(gecos)))
    return found.listing("passwd")


def read_group(content: str) -> Listing:
    """Returns who is named in which group of the host. Who has a group as the first one stands in its passwd alone."""
    found = Collector()
    for place, fields in _rows(content, 4, "group"):
        if fields is None:
            found.refuse(place, "has not the 4 fields of a group")
            continue
        group, _, number, members = fields
        if not group or group.startswith(("+", "-")):
            found.refuse(place, "takes groups from elsewhere, which cannot be read here")
        elif not number.isdecimal():
            found.refuse(place, f"{name_of(number)!r} is no number of a group")
        elif not members.strip():
            found.skip("groups that name nobody")
        else:
            for member in dict.fromkeys(each.strip() for each in members.split(",") if each.strip()):
                entitlement = f"group {name_of(group)}"
                found.add(Line(place, name_of(member), entitlement, is_privileged=group in PRIVILEGED_GROUPS))
    return found.listing("group")


def _rows(content: str, count: int, kind: str) -> Iterator[tuple[str, list[str] | None]]:
    """Yields place and fields of each line, None where it has not so many. Raises Malformed where no line has."""
    lines = [
        (number, line) for number, line in enumerate(content.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]  # fmt: skip
    rows = [(f"line {number}", line.split(":")) for number, line in lines]
    if rows and not any(len(fields) == count for _, fields in rows):
        other = {7: "passwd", 4: "group"}.get(len(rows[0][1]))
        what = f"is no {kind} file" + (f": its lines are those of a {other} file" if other else "")
        raise Malformed(
            what, where=rows[0][0], next_step=f"Its lines have {count} fields, with colons between them"
        )
    if rows and not content.endswith("\n") and len(rows[-1][1]) != count:
        raise Malformed(
            "ends in the middle of a line: it was cut off", where=rows[-1][0], next_step="Copy it again"
        )
    for place, fields in rows:
        yield place, fields if len(fields) == count else None


def _said(gecos: str) -> str:
    return name_of(gecos.split(",", 1)[0])
