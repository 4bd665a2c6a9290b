"""What differs between two catalogs, for a person to read and a journal to keep. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Literal

from core.catalog import model
from core.catalog.codec import encode
from core.catalog.oncall import Layer
from core.counting import counted
from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

Sort = Literal["added", "removed", "changed"]
Difference = tuple[str, Any, Any]
_SHOWN = 80  # characters of one value
_NAMED_PARTS = frozenset(("probes", "thresholds", "targets", "request_types", "fields", "layers"))
_LONG_LISTS = frozenset((
    (model.Calendar, "holidays"), (model.Calendar, "exceptions"), (model.Calendar, "public"), (model.Group, "members"),
    (model.Agreement, "may_ask"), (model.Agreement, "may_deliver"), (model.Staff, "away"),
))  # fmt: skip
"""Of these only what came and what went is told."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing of the catalog that came, went or changed.

    `differences` are (field, before, after) with values as JSON has them; empty unless `sort` is
    `changed`. A field inside a probe is named `probe http: every_s`; a whole probe that came has None
    before it.
    """

    kind: str
    id: str
    sort: Sort
    differences: tuple[Difference, ...] = ()

    @property
    def changes(self) -> dict[str, list[Any]]:
        """Returns {field: [before, after]}, the form a journal entry has."""
        return {name: [before, after] for name, before, after in self.differences}

    def __str__(self) -> str:
        """Returns one line: `component orders-web: probe http: every_s 10 → 5`."""
        text = (
            "; ".join(_line(*difference) for difference in self.differences)
            if self.differences
            else self.sort
        )
        return printable(f"{self.kind} {self.id}: {text}")


def difference(before: model.Catalog, after: model.Catalog) -> tuple[Change, ...]:
    """Returns what has to change in `before` to make it `after`, by kind and id; nothing when they are equal."""
    changes: list[Change] = []
    groups = after.groups()
    for kind, old in before.groups().items():
        new = groups[kind]
        for name in sorted(old.keys() | new.keys()):
            if name not in new:
                changes.append(Change(kind, name, "removed"))
            elif name not in old:
                changes.append(Change(kind, name, "added"))
            elif old[name] != new[name]:
                changes.append(Change(kind, name, "changed", tuple(_fields(old[name], new[name], ""))))
    return tuple(changes)


def _fields(before: Any, after: Any, prefix: str) -> Iterator[Difference]:
    """Yields the differing fields of two values of one class; parts with names of their own are looked into."""
    for item in fields(before):
        old, new = getattr(before, item.name), getattr(after, item.name)
        if old == new:
            continue
        if item.name == "target" and type(old) is type(new):
            yield from _fields(old, new, prefix)
        elif item.name in _NAMED_PARTS:
            yield from _parts(old, new, f"{prefix}{item.name.removesuffix('s')}")
        elif item.name in {"pauses", "approval"} and old is not None and new is not None:
            yield from _fields(old, new, f"{prefix}{item.name}: ")
        elif (type(before), item.name) in _LONG_LISTS and set(old) != set(new):
            yield prefix + item.name, [i for i in old if i not in new], [i for i in new if i not in old]
        else:
            yield prefix + item.name, _plain(old), _plain(new)


def _parts(before: tuple[Any, ...], after: tuple[Any, ...], sort: str) -> Iterator[Difference]:
    """Yields the differences between two rows of probes, thresholds or promises, compared by name."""
    old = {_name(part): part for part in before}
    new = {_name(part): part for part in after}
    for name in (*old, *(name for name in new if name not in old)):
        if name not in old or name not in new:
            yield f"{sort} {name}", _plain(old.get(name)), _plain(new.get(name))
        elif old[name] != new[name]:
            yield from _fields(old[name], new[name], f"{sort} {name}: ")
    if old.keys() == new.keys() and list(old) != list(new):
        yield f"order of {sort}s", list(old), list(new)


def _name(
    part: model.Probe | model.Threshold | model.Promise | model.RequestType | model.FormField | Layer,
) -> str:
    match part:
        case model.Probe() | model.RequestType() | Layer():
            return part.id
        case model.FormField():
            return part.name
        case model.Threshold():
            return part.metric
        case model.Promise():
            return f"severity {part.severity}"


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return encode(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _line(name: str, before: Any, after: Any) -> str:
    """Returns one difference in words; a part that came or went is not spelt out, nor is a long text."""
    if before is None or after is None:
        return f"{name} {'added' if before is None else 'removed'}"
    if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > _SHOWN:
        return f"{name} changed ({_lines(before)} → {_lines(after)})"
    return f"{name} {_shown(before)} → {_shown(after)}"


def _lines(text: str) -> str:
    count = len(text.splitlines())
    return counted(count, "line")


def _shown(value: Any) -> str:
    """Returns a value as an operator writes it, on one line and cut to a readable length."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, dict):
        inside = "1 of " if value.get("at_least") == 1 else f"{value.get('at_least')} of "
        if set(value) == {"of", "at_least"}:
            return value["of"][0] if len(value["of"]) == 1 else inside + "/".join(value["of"])
        return str(value.get("kind", "…"))
    if isinstance(value, list):
        return printable(f"[{', '.join(_shown(item) for item in value)}]", _SHOWN)
    return printable(str(value), _SHOWN) or "nothing"
