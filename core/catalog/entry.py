"""One table of a catalog file, and everything that is wrong inside it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from core.catalog.declaration import KINDS
from core.catalog.findings import MOST
from core.catalog.nearest import nearest
from core.catalog.probe_declaration import PROBES, ProbeDeclaration
from core.catalog.quoting import short
from core.catalog.wording import Finding, finding

if TYPE_CHECKING:
    from core.catalog.positions import KeyPath
    from core.catalog.problem import Problem
    from core.catalog.sources import Source

_NAMED_BY = ("id", "metric", "name")  # what names an element of an array of tables, in messages
_ROUNDS = 6
_SHOWN = 40  # characters of one part of a key
_EMPTY = '""'
_LOOKED_AT = MOST + 1  # findings of one entry: enough to see that its file has too many


@dataclass(frozen=True, slots=True)
class Entry:
    """A `[[kind]]` table as written (placeholders replaced), and where it stands in its file.

    `is_named_only` says that only its id is known, for the rest is too much to be checked.
    """

    kind: str
    index: int
    raw: dict[str, Any]
    source: Source
    is_named_only: bool = False

    @property
    def id(self) -> str:
        """Returns the id as written, or an empty text when there is none."""
        found = self.raw.get("id")
        return found if isinstance(found, str) else ""

    def line(self, path: KeyPath) -> int:
        """Returns the line of a path below this entry."""
        return self.source.line((self.kind, self.index, *path))

    def place(self, path: KeyPath) -> str:
        """Returns `file:line` of a path below this entry."""
        return f"{self.source.path}:{self.line(path)}"

    def key(self, path: KeyPath) -> str:
        """Returns a path as people name it: `component[orders-web].probe[http].every`."""
        text = f"{self.kind}[{short(self.id, _SHOWN) or f'#{self.index + 1}'}]"
        value: Any = self.raw
        for step in path:
            value = _below(value, step)
            text += (
                f"[{_name(value, step)}]" if isinstance(step, int) else f".{short(step, _SHOWN) or _EMPTY}"
            )
        return text

    def problem(self, path: KeyPath, what: str, next_step: str = "") -> Problem:
        """Returns a problem at a path below this entry."""
        return self.source.problem((self.kind, self.index, *path), self.key(path), what, next_step)


def check_entry(entry: Entry) -> tuple[Any, list[Problem]]:
    """Returns the catalog value an entry declares and no problems, or None and all that is wrong inside it.

    Rules that compare several keys run only when the keys themselves are right. So what was found wrong
    is taken out and the rest is checked again, until nothing new is found; a finding that rests on
    something taken out is not shown.
    """
    raw = entry.raw
    problems: list[Problem] = []
    reported: set[KeyPath] = set()
    for _ in range(_ROUNDS):
        try:
            declared = KINDS[entry.kind].model_validate(raw)
        except ValidationError as refusal:
            errors = refusal.errors(include_url=False)[:_LOOKED_AT]
            found = [finding(error, entry.kind, entry.raw) for error in errors]
        else:
            return (None if problems else declared.value()), problems
        fresh = _fresh(found, reported)
        if not fresh:
            break
        problems.extend(_problem(item, entry) for item in fresh)
        if len(problems) > MOST:
            break
        raw = _repaired(raw, fresh, reported)
    return None, problems


def _fresh(found: list[Finding], reported: set[KeyPath]) -> list[Finding]:
    """Returns the findings that neither were shown nor rest on a key that was, and adds their keys to `reported`.

    A key that was misspelt stands for the one that was meant: that one is not missed besides.
    """
    meant = {(*item.path[:-1], item.meant) for item in found if item.meant}
    fresh = [
        item
        for item in found
        if item.path not in reported
        and reported.isdisjoint(item.rests_on)
        and not (item.is_missing and item.path in meant)
    ]
    reported.update(item.path for item in fresh)
    return fresh


def _problem(item: Finding, entry: Entry) -> Problem:
    what = item.what
    if item.first is not None:
        what += f"; the first is on line {entry.line(item.first)}"
    return entry.problem(item.path, what, item.next_step)


def _repaired(raw: dict[str, Any], findings: list[Finding], reported: set[KeyPath]) -> dict[str, Any]:
    """Returns the entry without the keys that are wrong, which count as `reported`.

    A misspelt key becomes the one that was meant, if that is not there as well. A misspelt kind of
    probe becomes the one that was meant, if the probe's other keys bear that out.
    """
    raw = copy.deepcopy(raw)
    for item in findings:
        path = item.path
        while path and isinstance(path[-1], int):
            path = path[:-1]
        holder: Any = raw
        for step in path[:-1]:
            holder = _below(holder, step)
        key = path[-1] if path else None
        if not isinstance(holder, dict) or key not in holder or _holds_tables(holder[key]):
            continue
        if item.meant_kind and _has_keys_of(item.meant_kind, holder):
            holder[key] = item.meant_kind
        elif item.meant and item.meant not in holder:
            holder[item.meant] = holder.pop(key)
        else:
            del holder[key]
            reported.add(path)
    return raw


def _has_keys_of(kind: str, probe: dict[str, Any]) -> bool:
    """Says whether a probe has what its kind needs, or something spelt much like it."""
    own = PROBES[kind].model_fields.keys() - ProbeDeclaration.model_fields.keys()
    return all(nearest(name, probe) for name in own if PROBES[kind].model_fields[name].is_required())


def _holds_tables(value: Any) -> bool:
    """Says whether taking a value out would take other tables with it."""
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _below(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _name(value: Any, index: int) -> str:
    if isinstance(value, dict):
        for key in _NAMED_BY:
            if isinstance(value.get(key), str) and value[key]:
                return short(value[key], _SHOWN)
    return f"#{index + 1}"
