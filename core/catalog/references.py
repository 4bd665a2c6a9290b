"""What holds between the tables of a catalog: every name is given once, and every name used is given.

It works on the tables as written, so that a table with a mistake inside it is compared with the others
all the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from core.catalog.cycles import cycles
from core.catalog.fields import is_id
from core.catalog.improvement_declaration import only_one
from core.catalog.mail_references import mailboxes_apart
from core.catalog.nearest import Neighbours
from core.catalog.oncall_references import nobody_told, of_policy, of_rota
from core.catalog.people_references import STAFF_OR_GROUP, people_faults
from core.catalog.problem import Problem
from core.catalog.quoting import drawn, short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.catalog.entry import Entry
    from core.catalog.positions import KeyPath
    from core.catalog.sources import Sources

Operates = tuple[str, int, str]  # a procedure's file, the line on which it names a component, the component
REFERRING = (
    "id",
    "login",
    "component",
    "components",
    "path",
    "service",
    "owner",
    "needs",
    "procedures",
    "customer",
    "services",
    "calendar",
    "zone",
    "members",
    "may_ask",
    "may_deliver",
    "request_type",
    "only_for_requests",
    "agreement",
    "address",
    "purpose",
    "opens",
    "about",
    "policy",
    "target",
    "layer",
    "step",
)
"""The keys that are compared between entries."""
_SUGGESTIONS = 500  # for so many wrong names the nearest right one is sought, which takes milliseconds each
_NO_STEP = "Declare it, or correct the name"
_WORD = re.compile(r"[a-z0-9][a-z0-9._-]*")
Place = tuple["Entry", "KeyPath", str, str]  # an entry, a path below it, what is wrong there, what to do


def add_between(entries: list[Entry], operates: list[Operates], sources: Sources) -> None:
    """Adds every problem between entries: names given twice, names that do not exist, circles of needs."""
    names = _Names(entries, sources)
    finds = (
        _twice(entries), _same_login(entries), _same_log(entries), mailboxes_apart(entries), _unknown(entries, names), people_faults(entries),
        nobody_told(entries), only_one(entries), _circles(entries),
    )  # fmt: skip
    for find in finds:
        for entry, path, what, step in find:
            if not sources.problems.is_full(entry.source.path):
                sources.problems.add(entry.problem(path, what, step))
    for file, line, component in operates:
        fault = names.fault("component", component) if component else None
        if fault:
            sources.problems.add(Problem(file, line, "component", *fault))


class _Names:
    """The names of each kind that exist, and those that may: a file that cannot be read may declare anything."""

    def __init__(self, entries: list[Entry], sources: Sources) -> None:
        self._given: dict[str, set[str]] = {"procedure": set(sources.procedure_names)}
        for entry in entries:
            self._given.setdefault(entry.kind, set()).add(entry.id)
        self._given[STAFF_OR_GROUP] = self._given.get("staff", set()) | self._given.get("group", set())
        self._in_garbled = {word for text in sources.garbled for word in _WORD.findall(text)}
        self._is_blind = sources.unseen > 0
        self._neighbours: dict[str, Neighbours] = {}
        self._steps: dict[tuple[str, str], str] = {}

    def fault(self, kind: str, name: str) -> tuple[str, str] | None:
        """Returns (what, next step) for a name that does not exist; None when it does or may."""
        if name in self._given.get(kind, ()) and name:
            return None
        if not name.strip():
            return f"names no {kind}: the text is empty", "Write a name, or take it out"
        if self._is_blind or name in self._in_garbled:
            return None
        step = self._steps.get((kind, name))
        if step is None:
            step = self._steps[kind, name] = self._step(kind, name)
        return f'there is no {kind} "{short(name)}"', step

    def _step(self, kind: str, name: str) -> str:
        given = self._given.get(kind)
        if not given or len(self._steps) >= _SUGGESTIONS:
            return _NO_STEP
        if kind not in self._neighbours:
            self._neighbours[kind] = Neighbours(given - {""})
        return self._neighbours[kind].did_you_mean(name, _NO_STEP)


def _unknown(entries: list[Entry], names: _Names) -> Iterator[Place]:
    for entry in entries:
        for path, kind, name in _named(entry):
            fault = names.fault(kind, name)
            if fault:
                yield entry, path, *fault


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
        yield from _one(raw, "zone", "zone")
    elif entry.kind == "agreement":
        yield from _one(raw, "customer", "customer")
        yield from _several(raw, "services", "service")
        yield from _one(raw, "calendar", "calendar")
        yield from _people(raw, "may_ask", "group")
        yield from _people(raw, "may_deliver", STAFF_OR_GROUP)
        yield from _of_request_types(raw)
        yield from _one(raw, "policy", "policy")
        yield from _several(raw, "only_for_requests", "procedure")
        yield from _of_targets(raw)
    elif entry.kind == "service":
        yield from _one(raw, "policy", "policy")
    elif entry.kind == "rota":
        yield from of_rota(raw)
    elif entry.kind == "policy":
        yield from of_policy(raw)
    elif entry.kind == "group":
        yield from _people(raw, "members", "staff")
    elif entry.kind == "mailbox":
        yield from _several(raw, "services", "service")
        yield from _one(raw, "opens", "service")
    elif entry.kind == "template":
        yield from _one(raw, "agreement", "agreement")
    elif entry.kind == "reply":
        yield from _several(raw, "services", "service")
    elif entry.kind == "access_source":
        yield from _of_source(raw)
    elif entry.kind == "training":
        yield from _several(raw, "services", "service")
        yield from _several(raw, "components", "component")
    elif entry.kind == "log_source":
        yield from _one(raw, "component", "component")
        yield from _one(raw, "zone", "zone")
    elif entry.kind == "macro":
        yield from _one(raw, "reply", "reply")
        owner = raw.get("owner")
        if isinstance(owner, str) and owner not in {"", "me", "nobody"}:
            yield ("owner",), "staff", owner


def _of_source(raw: dict[str, Any]) -> Iterator[tuple[KeyPath, str, str]]:
    """Yields what a source of grants names; a host is none of the catalog."""
    yield from _one(raw, "zone", "zone")
    owner, about = raw.get("owner"), raw.get("about")
    if isinstance(owner, str) and is_id(owner):
        yield ("owner",), "staff", owner
    kind, _, name = about.partition(":") if isinstance(about, str) else ("", "", "")
    if kind in {"service", "component"}:
        yield ("about",), kind, name


def _people(raw: dict[str, Any], key: str, kind: str) -> Iterator[tuple[KeyPath, str, str]]:
    """Yields those of a list of people who are named by id: neither an address, a domain, a role, nor anybody."""
    for path, _, name in _several(raw, key, kind):
        if is_id(name):
            yield path, kind, name


def _of_request_types(raw: dict[str, Any]) -> Iterator[tuple[KeyPath, str, str]]:
    types = raw.get("request_type")
    for index, item in enumerate(types if isinstance(types, list) else ()):
        if not isinstance(item, dict):
            continue
        found = [*_one(item, "procedure", "procedure"), *_several(item, "may_run", "procedure")]
        approval = item.get("approval")
        if isinstance(approval, dict):
            found += [
                (("approval", *path), kind, name)
                for path, kind, name in _people(approval, "by", STAFF_OR_GROUP)
            ]
        for path, kind, name in found:
            yield ("request_type", index, *path), kind, name


def _of_targets(raw: dict[str, Any]) -> Iterator[tuple[KeyPath, str, str]]:
    targets = raw.get("target")
    for index, item in enumerate(targets if isinstance(targets, list) else ()):
        if isinstance(item, dict):
            for path, kind, name in _one(item, "policy", "policy"):
                yield ("target", index, *path), kind, name


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


def _twice(entries: list[Entry]) -> Iterator[Place]:
    first: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        before = first.setdefault((entry.kind, entry.id), entry)
        if entry.id and before is not entry:
            what = f'{entry.kind} "{short(entry.id)}" is declared already at {before.place(("id",))}'
            yield entry, ("id",), what, "Give one of the two another id, or take it out"


def _same_login(entries: list[Entry]) -> Iterator[Place]:
    """Yields the place of each person whose login (their id, when none is given) is another's."""
    first: dict[str, Entry] = {}
    for entry in entries:
        login = entry.raw.get("login") or entry.id if entry.kind == "staff" else ""
        if not isinstance(login, str) or not login:
            continue
        before = first.setdefault(login, entry)
        if before is not entry and before.id != entry.id:
            what = f'the login "{short(login)}" belongs to {short(before.id)} already, at {before.place(())}'
            yield entry, ("login",), what, "Give each person a login of their own"


def _same_log(entries: list[Entry]) -> Iterator[Place]:
    """Yields the place of each second reader of a file: its lines would count twice."""
    first: dict[tuple[object, object], Entry] = {}
    for entry in entries:
        path = entry.raw.get("path") if entry.kind == "log_source" else None
        if not isinstance(path, str) or not path:
            continue
        before = first.setdefault((str(entry.raw.get("zone", "")), path), entry)
        if before is not entry and before.id != entry.id:
            what = f"is read already as {short(before.id)}, at {before.place(())}"
            yield entry, ("path",), what, "Put the patterns of both under one, or correct the path"


def _circles(entries: list[Entry]) -> Iterator[Place]:
    components = {entry.id: entry for entry in reversed(entries) if entry.kind == "component" and entry.id}
    needs = {name: [needed for _, _, needed in _needed(entry.raw)] for name, entry in components.items()}
    for circle in cycles(dict(sorted(needs.items()))):
        entry = components[circle[0]]
        following = circle[1 % len(circle)]
        path = next(path for path, _, name in _needed(entry.raw) if name == following)
        row = drawn((*circle, circle[0]))
        what = f"needs itself: {row}" if len(circle) == 1 else f"these need one another in a circle: {row}"
        yield entry, path, what, "Take one of these needs out"
