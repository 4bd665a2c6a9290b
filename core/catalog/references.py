"""What holds between the tables of a catalog: every name is given once, and every name used is given.

It works on the tables as written, so that a table with a mistake inside it is compared with the others
all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.catalog.cycles import cycles
from core.catalog.fields import is_id
from core.catalog.nearest import Neighbours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.catalog.entry import Entry
    from core.catalog.positions import KeyPath
    from core.catalog.problem import Problem
    from core.catalog.sources import Sources

_SUGGESTIONS = 500  # for so many wrong names the nearest right one is sought, which takes milliseconds each
_NO_STEP = "Declare it, or correct the name"


def between(entries: list[Entry], procedures: Iterable[str], sources: Sources) -> list[Problem]:
    """Returns every problem between entries: names given twice, names that do not exist, circles of needs."""
    names = _Names(entries, procedures, sources)
    problems = list(_twice(entries))
    problems.extend(_same_login(entries))
    for entry in entries:
        for path, kind, name in _named(entry):
            step = names.missing(kind, name)
            if step:
                problems.append(entry.problem(path, f'there is no {kind} "{name}"', step))
    problems.extend(_circles(entries))
    return problems


class _Names:
    """The names of each kind that exist, and those that may: a file that cannot be read may declare anything."""

    def __init__(self, entries: list[Entry], procedures: Iterable[str], sources: Sources) -> None:
        self._given: dict[str, set[str]] = {"procedure": set(procedures)}
        for entry in entries:
            self._given.setdefault(entry.kind, set()).add(entry.id)
        self._garbled = "\n".join(sources.garbled)
        self._is_blind = sources.unseen > 0
        self._neighbours = {kind: Neighbours(names) for kind, names in self._given.items()}
        self._steps: dict[tuple[str, str], str] = {}

    def missing(self, kind: str, name: str) -> str:
        """Returns what to do about a name that does not exist, or an empty text when it does or may."""
        given = self._given.get(kind, set())
        if name in given or self._is_blind or name in self._garbled:
            return ""
        step = self._steps.get((kind, name))
        if step is None:
            step = _NO_STEP
            if given and len(self._steps) < _SUGGESTIONS:
                step = self._neighbours[kind].did_you_mean(name, _NO_STEP)
            self._steps[kind, name] = step
        return step


def _named(entry: Entry) -> Iterator[tuple[KeyPath, str, str]]:
    """Yields (path, kind, name) for each thing an entry names. An owner written like an id is one of the staff."""
    raw = entry.raw
    if entry.kind == "component":
        yield from _one(raw, "service", "service")
        owner = raw.get("owner")
        if isinstance(owner, str) and is_id(owner):
            yield ("owner",), "staff", owner
        yield from _needed(raw)
        yield from _several(raw, "procedures", "procedure")
    elif entry.kind == "agreement":
        yield from _one(raw, "customer", "customer")
        yield from _several(raw, "services", "service")
        yield from _one(raw, "calendar", "calendar")


def _one(raw: dict[str, Any], key: str, kind: str) -> Iterator[tuple[KeyPath, str, str]]:
    name = raw.get(key)
    if isinstance(name, str) and name:
        yield (key,), kind, name


def _several(raw: dict[str, Any], key: str, kind: str) -> Iterator[tuple[KeyPath, str, str]]:
    names = raw.get(key)
    for index, name in enumerate(names if isinstance(names, list) else ()):
        if isinstance(name, str):
            yield (key, index), kind, name


def _needed(raw: dict[str, Any]) -> Iterator[tuple[KeyPath, str, str]]:
    needs = raw.get("needs")
    for index, need in enumerate(needs if isinstance(needs, list) else ()):
        if isinstance(need, str):
            yield ("needs", index), "component", need
        elif isinstance(need, dict):
            for path, kind, name in _several(need, "of", "component"):
                yield ("needs", index, *path), kind, name


def _twice(entries: list[Entry]) -> Iterator[Problem]:
    first: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        before = first.setdefault((entry.kind, entry.id), entry)
        if entry.id and before is not entry:
            what = f'{entry.kind} "{entry.id}" is declared already at {before.place(("id",))}'
            yield entry.problem(("id",), what, "Give one of the two another id, or take it out")


def _same_login(entries: list[Entry]) -> Iterator[Problem]:
    """Yields a problem for each person whose login (their id, when none is given) is another's."""
    first: dict[str, Entry] = {}
    for entry in entries:
        login = entry.raw.get("login") or entry.id if entry.kind == "staff" else ""
        if not isinstance(login, str) or not login:
            continue
        before = first.setdefault(login, entry)
        if before is not entry and before.id != entry.id:
            what = f'the login "{login}" belongs to {before.id} already, at {before.place(())}'
            yield entry.problem(("login",), what, "Give each person a login of their own")


def _circles(entries: list[Entry]) -> Iterator[Problem]:
    components = {entry.id: entry for entry in reversed(entries) if entry.kind == "component" and entry.id}
    needs = {name: [needed for _, _, needed in _needed(entry.raw)] for name, entry in components.items()}
    for circle in cycles(dict(sorted(needs.items()))):
        entry = components[circle[0]]
        following = circle[1 % len(circle)]
        path = next(path for path, _, name in _needed(entry.raw) if name == following)
        drawn = " → ".join((*circle, circle[0]))
        what = (
            f"needs itself: {drawn}" if len(circle) == 1 else f"these need one another in a circle: {drawn}"
        )
        yield entry.problem(path, what, "Take one of these needs out")
