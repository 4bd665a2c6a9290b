"""A table of grants: CSV with a first line that names its columns."""

from __future__ import annotations

from typing import Final

from core.security.foreign import YES, csv_table, day, harmless, instant, text
from core.security.grants.sources.model import Collector, Line, Listing, name_of

COLUMNS: Final = {
    "principal": ("principal", "user", "login", "account", "member", "who"),
    "entitlement": ("entitlement", "right", "role", "permission", "group", "access"),
    "on": ("on", "thing", "resource", "service", "component", "host", "system", "target"),
    "privileged": ("privileged", "is privileged", "admin"),
    "owner": ("owner", "owned by", "responsible"),
    "reason": ("reason", "why", "justification", "purpose", "ticket"),
    "granter": ("granted by", "granter", "approved by", "approver"),
    "since": ("since", "granted", "granted on", "from", "start", "created"),
    "expires": ("expires", "expiry", "until", "end", "ends", "valid until"),
    "last_used": ("last used", "last use", "last login", "last seen", "lastlogin"),
    "said": ("name", "full name", "note", "comment", "description", "title"),
    "mail": ("mail", "email", "e mail"),
}  # fmt: skip
"""What a column is, by what its title may be (in any case; `_` and `-` as blanks)."""
_NEEDED = ("principal", "entitlement")
_EXAMPLE = "principal,entitlement,on,privileged,owner,reason,since,expires,last_used"
_NO = frozenset({"", "no", "false", "0", "n", "-"})


def read(content: str) -> Listing:
    """Returns what the table lists. Raises Malformed where its first line names no columns that are needed."""
    found = Collector()
    for place, cells in csv_table(content, COLUMNS, _NEEDED, "a table of grants", _EXAMPLE):
        if isinstance(cells, str):
            found.refuse(place, cells)
        else:
            _take(found, place, cells)
    return found.listing("csv")


def _take(found: Collector, place: str, cells: dict[str, str]) -> None:
    def cell(name: str, limit: int = 300) -> str:
        return text(cells.get(name, ""), limit)

    for name in ("since", "expires", "last_used"):
        written = cell(name)
        if written.lower() not in {*_NO, "never", "unknown"} and instant(written) is None:
            found.refuse(place, f"{name.replace('_', ' ')} {written[:40]!r} is no day: write 2026-11-30")
            return
    privileged = cell("privileged").lower()
    if privileged not in YES | _NO:
        found.refuse(place, f"privileged {privileged[:40]!r} is neither yes nor no")
        return
    mail = cell("mail")
    found.add(Line(
        place, name_of(cells.get("principal", "")), name_of(cells.get("entitlement", "")), name_of(cells.get("on", "")),
        is_privileged=privileged in YES, owner=harmless(cell("owner")), reason=harmless(cell("reason")),
        granter=harmless(cell("granter")), since=day(cell("since")), expires=day(cell("expires")),
        last_used=instant(cell("last_used")), said=harmless(cell("said")), names=(mail,) if mail else (),
    ))  # fmt: skip
