"""LDIF (RFC 2849): who is in which group of a directory.

Groups are read in both directions: the members that a group names, and the groups that a person's entry names. The same
membership told twice is one.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from core.security.foreign import Malformed
from core.security.grants.sources.model import Collector, Line, Listing, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_BY_DN: Final = ("member", "uniquemember")
_BY_NAME: Final = ("memberuid",)
_NAMES: Final = ("uid", "samaccountname", "cn", "mail")
"""What an entry goes by, the first that it has."""
_LAST_USED: Final = ("authtimestamp", "pwdlastsuccess", "lastlogontimestamp", "lastlogon")
_PRIVILEGED: Final = re.compile(
    r"(?:domain |enterprise |schema )?admin(?:s|istrators)?|root|wheel|sudo(?:ers)?", re.IGNORECASE
)
_RDN: Final = re.compile(r"\s*([A-Za-z0-9.-]+)\s*=\s*((?:\\.|[^\\,+])*)")
_FILETIME_0: Final = (
    116_444_736_000_000_000  # 1970 in the hundreds of nanoseconds since 1601 that Active Directory counts
)


class _Entry(NamedTuple):
    place: str
    dn: str
    attributes: Mapping[str, list[str]]

    def all(self, *names: str) -> list[str]:
        return [value for name in names for value in self.attributes.get(name, ())]

    def first(self, *names: str) -> str:
        return next((value for value in self.all(*names) if value), "")


def read(content: str) -> Listing:
    """Returns who is in which group. Raises Malformed for a file that is no LDIF, or lists changes instead of entries."""
    found = Collector()
    entries = list(_entries(content, found))
    by_dn = {_folded(entry.dn): entry for entry in entries}
    by_name = {entry.first("uid", "samaccountname").lower(): entry for entry in entries}
    told: set[tuple[str, str]] = set()
    for entry in entries:
        groups: list[tuple[str, _Entry | None, tuple[str, _Entry | None]]] = [
            (entry.dn, entry, member) for member in _members(entry, by_dn, by_name)
        ]
        groups += [(dn, by_dn.get(_folded(dn)), _named(entry.dn, entry)) for dn in entry.all("memberof")]
        if not groups:
            found.skip("entries that name no membership")
        for dn, group, (principal, person) in groups:
            title = group.first("cn", "ou") if group else _rdn(dn)
            if (principal.lower(), title.lower()) not in told:
                told.add((principal.lower(), title.lower()))
                found.add(_line(entry.place, name_of(principal), name_of(title), person))
    return found.listing("ldif")


def _line(place: str, principal: str, group: str, person: _Entry | None) -> Line:
    mail = person.all("mail") if person else []
    used = [at for at in map(_instant, person.all(*_LAST_USED) if person else ()) if at is not None]
    said = name_of(person.first("displayname", "cn") if person else "")
    return Line(
        place, principal, f"group {group}" if group else "", is_privileged=_PRIVILEGED.fullmatch(group) is not None,
        last_used=max(used, default=None), said="" if said == principal else said, names=tuple(map(name_of, mail)),
    )  # fmt: skip


def _members(
    entry: _Entry, by_dn: Mapping[str, _Entry], by_name: Mapping[str, _Entry]
) -> list[tuple[str, _Entry | None]]:
    named = [_named(dn, by_dn.get(_folded(dn))) for dn in entry.all(*_BY_DN) if dn.strip()]
    return named + [(name, by_name.get(name.lower())) for name in entry.all(*_BY_NAME)]


def _named(dn: str, entry: _Entry | None) -> tuple[str, _Entry | None]:
    """Returns what whoever has a distinguished name goes by here, and their entry where the file holds it."""
    return (entry.first(*_NAMES) if entry else "") or _rdn(dn), entry


def _rdn(dn: str) -> str:
    """Returns the value of the first part of a distinguished name (RFC 4514), without its escapes."""
    found = _RDN.match(dn)
    if found is None:
        return dn.strip()
    pairs = re.sub(r"(?:\\[0-9A-Fa-f]{2})+", _bytes_written, found.group(2))
    return re.sub(r"\\(.)", r"\1", pairs).strip()


def _bytes_written(found: re.Match[str]) -> str:
    return bytes.fromhex(found.group().replace("\\", "")).decode(errors="replace")


def _folded(dn: str) -> str:
    """Returns a distinguished name as two that are the same are written the same."""
    letters = re.sub(r"(?:\\[89A-Fa-f][0-9A-Fa-f])+", _bytes_written, dn.strip())
    return re.sub(r"(?<!\s)\s*([,=+])\s*", r"\1", letters).casefold()


def _entries(content: str, found: Collector) -> Iterator[_Entry]:
    """Yields the entries of a file; one that cannot be read is refused whole."""
    for number, record in _records(content):
        place = f"line {number}"
        attributes: dict[str, list[str]] = {}
        why = ""
        for name, value in record:
            if value is None:
                why = why or f"has a value of {name_of(name)!r} that cannot be read"
            else:
                attributes.setdefault(name.partition(";")[0].lower(), []).append(value)
        if "changetype" in attributes:
            step = "Export the entries themselves, as ldapsearch -LLL prints them"
            raise Malformed("lists changes, not what is there", where=place, next_step=step)
        if set(attributes) <= {"version", "search", "result"}:
            continue
        dn = attributes.get("dn", [""])[0]
        if why or not dn:
            found.refuse(place, why or "is an entry without dn")
        else:
            yield _Entry(place, dn, attributes)


def _records(content: str) -> Iterator[tuple[int, list[tuple[str, str | None]]]]:
    """Yields line and (attribute, value) pairs of each record; the value is None where it cannot be read."""
    begin, record = 0, list[tuple[str, str | None]]()
    last = 0
    for number, line in [*_unfolded(content), (0, "")]:
        if not line:
            if record:
                yield begin, record
            record = []
            continue
        name, colon, rest = line.partition(":")
        if not colon or not re.fullmatch(r"[A-Za-z0-9.;-]+", name):
            is_end = number > last and not content.endswith("\n") and number == content.count("\n") + 1
            what = (
                "ends in the middle of a line: it was cut off"
                if is_end
                else "is no LDIF: a line is no `attribute: value`"
            )
            raise Malformed(
                what, where=f"line {number}", next_step="Export it again, as ldapsearch -LLL prints it"
            )
        if not record:
            begin = number
            if name.lower() not in {"dn", "version"}:
                raise Malformed(
                    "is no LDIF: an entry begins without dn", where=f"line {number}",
                    next_step="Export it again, as ldapsearch -LLL prints it",
                )  # fmt: skip
        if name.lower() == "version" and not record:
            continue
        record.append((name, _value(rest)))
        last = number


def _unfolded(content: str) -> Iterable[tuple[int, str]]:
    """Returns the lines with their numbers, continued ones joined, without comments (RFC 2849, note 2)."""
    found: list[tuple[int, list[str]]] = []
    for number, line in enumerate(content.splitlines(), 1):
        if line.startswith(" ") and found and found[-1][1][0]:
            found[-1][1].append(line[1:])
        else:
            found.append((number, [line]))
    return [(number, "".join(parts)) for number, parts in found if not parts[0].startswith("#")]


def _value(rest: str) -> str | None:
    """Returns what stands behind the first colon of a line; None of a file elsewhere, and of what is no base64 of a text."""
    if rest.startswith("<"):
        return None
    if not rest.startswith(":"):
        return rest.strip()
    try:
        raw = base64.b64decode(rest[1:].strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw.decode("utf-8", errors="replace")


def _instant(written: str) -> datetime | None:
    """Returns the instant of a GeneralizedTime (20261130120000Z), or of a count of Active Directory; None of anything else."""
    if written.isdecimal() and len(written) == 18:
        return datetime.fromtimestamp((int(written) - _FILETIME_0) / 10_000_000, UTC)
    try:
        return datetime.strptime(re.sub(r"[.,]\d+", "", written), "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
