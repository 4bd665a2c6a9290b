"""Every read of revised thresholds: those in force, and each declared threshold with what it is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select

from core.catalog.metrics import metrics_of
from core.catalog.model import Threshold
from core.catalog.nearest import did_you_mean, listed
from core.catalog.queries import components_named, declared_component, declared_components
from core.endings.model import Ending, Sort
from core.errors import BadInput, NotFound
from core.monitoring.revisions.model import IN_FORCE, Name, Revision, ranges_in_words, weakens
from core.monitoring.revisions.tables import threshold_revision
from core.monitoring.tables import probe_state
from core.timekeeping import from_micros, instant_or_none, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.model import Component, Probe

_C = threshold_revision.c
_IN_FORCE = select(threshold_revision).where(_C.state == IN_FORCE).order_by(_C.id)
_OF = _IN_FORCE.where(_C.component.in_(bindparam("ids", expanding=True)))
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Judged:
    """A threshold as it is declared (None: it is not), and the revision that is in force over it, if any.

    A value of it is what a person saw: a command that is given it does nothing where it stands otherwise.
    """

    name: Name
    declared: Threshold | None
    revision: Revision | None = None

    @property
    def threshold(self) -> Threshold:
        """Returns what is judged by."""
        return self.revision.threshold if self.revision else self.declared or Threshold(self.name.metric)

    @property
    def version(self) -> int:
        """Returns the version of its revision; 0 where it is not revised."""
        return self.revision.version if self.revision else 0

    @property
    def weakens(self) -> bool:
        """Tells whether its revision widens what the catalog declares now; what it did when it was made, where that declares nothing."""
        if self.revision is None:
            return False
        if self.declared is None:
            return self.revision.weakens
        return weakens(self.declared, self.revision.threshold)

    @property
    def way(self) -> str:
        """Returns in which way its revision differs from what the catalog declares now."""
        return "widened" if self.weakens else "tightened"

    @property
    def declared_otherwise(self) -> bool:
        """Tells whether the catalog says something else now than when it was revised."""
        return self.revision is not None and ranges_in_words(self.declared) != self.revision.declared


def to_revision(row: Any) -> Revision:
    """Returns the value of a row of `threshold_revision`."""
    name = Name.parse(row.id)
    ranges = Threshold(name.metric, row.warning, row.critical, row.warning_clear, row.critical_clear)
    return Revision(
        name, row.version, row.state, ranges, row.declared, bool(row.weakens), row.owner, row.reason, row.made_by,
        from_micros(row.begins_at), instant_or_none(row.ends_at), instant_or_none(row.ended_at), row.ended_by, row.why_ended,
    )  # fmt: skip


def revisions(connection: Connection) -> list[Revision]:
    """Returns those that nobody ended, by name; one whose end is past is among them until the agent ends it."""
    return [to_revision(row) for row in connection.execute(_IN_FORCE)]


def revisions_of(connection: Connection, component_ids: Sequence[str]) -> list[Revision]:
    """Returns the same of some components."""
    found: list[Revision] = []
    for start in range(0, len(component_ids), AT_ONCE):
        rows = connection.execute(_OF, {"ids": component_ids[start : start + AT_ONCE]})
        found += map(to_revision, rows)
    return found


def by_component(found: Iterable[Revision]) -> dict[str, tuple[Revision, ...]]:
    """Returns revisions by their component."""
    grouped: dict[str, list[Revision]] = {}
    for each in found:
        grouped.setdefault(each.name.component, []).append(each)
    return {component: tuple(own) for component, own in grouped.items()}


def judged_of(component: Component, found: Iterable[Revision]) -> list[Judged]:
    """Returns every threshold of a component that is declared or revised, as the catalog has its probes."""
    own = {each.name: each for each in found if each.name.component == component.id}
    judged = []
    for probe in component.probes:
        for threshold in probe.thresholds:
            name = Name(component.id, probe.id, threshold.metric)
            judged.append(Judged(name, threshold, own.pop(name, None)))
        undeclared = [name for name in own if name.probe == probe.id]
        judged += [Judged(name, None, own.pop(name)) for name in undeclared]
    return judged + [Judged(name, None, each) for name, each in own.items()]


def every_threshold(connection: Connection) -> list[Judged]:
    """Returns every threshold that is declared or revised, by component; of a component declared no longer, too."""
    grouped = by_component(revisions(connection))
    found = []
    for component in declared_components(connection).values():
        found += judged_of(component, grouped.pop(component.id, ()))
    return found + [Judged(each.name, None, each) for own in grouped.values() for each in own]


def judged(connection: Connection, name: Name) -> Judged:
    """Returns one threshold as it stands. Raises NotFound for what is not declared, BadInput for a measure the probe does not give."""
    component = declared_component(connection, name.component)
    probe = probe_named(component, name.probe)
    found = {each.name: each for each in judged_of(component, revisions_of(connection, [component.id]))}
    if name in found:
        return found[name]
    gives = measures_of(connection, component.id, probe)
    if name.metric not in gives:
        raise BadInput(
            f"probe {name.component}/{name.probe} gives no measure {name.metric!r}",
            next_step=did_you_mean(name.metric, gives, f"It gives {listed(gives)}" if gives else "None is known yet"),
        )  # fmt: skip
    return Judged(name, None)


def probe_named(component: Component, probe_id: str) -> Probe:
    """Returns a probe of a component; raises NotFound with the nearest."""
    for probe in component.probes:
        if probe.id == probe_id:
            return probe
    names = [probe.id for probe in component.probes]
    raise NotFound(
        f"{component.id} has no probe {probe_id!r}",
        next_step=did_you_mean(probe_id, names, f"It has {listed(names)}" if names else "It has none"),
    )


def measures_of(connection: Connection, component_id: str, probe: Probe) -> list[str]:
    """Returns the measures a probe is known to give: of a command only those that have a threshold or are drawn."""
    known = metrics_of(probe.target)
    if known is not None:
        return list(known)
    drawn = connection.scalar(
        select(probe_state.c.metric).where(
            probe_state.c.component == component_id, probe_state.c.probe == probe.id
        )
    )
    return list(dict.fromkeys([*(each.metric for each in probe.thresholds), *([drawn] if drawn else [])]))


def threshold_called(connection: Connection, text: str) -> Name:
    """Returns the threshold called `component/probe/measure`; parts may be missing where there is only one.

    Raises NotFound or BadInput, which names the others.
    """
    name = Name.parse(text.strip())
    component = declared_component(connection, name.component)
    if name.metric:
        return judged(connection, name).name
    if name.probe:
        probe_named(component, name.probe)
    there = [each.name for each in judged_of(component, revisions_of(connection, [component.id]))]
    there = [each for each in there if name.probe in {"", each.probe}]
    if len(there) == 1:
        return there[0]
    if not there:
        gives = [
            str(Name(component.id, probe.id, metric))
            for probe in component.probes
            if name.probe in {"", probe.id}
            for metric in measures_of(connection, component.id, probe)
        ]
        step = f"Name one of {', '.join(gives[:12])}" if gives else "Nothing can be revised there"
        raise BadInput(f"{text} has no threshold", next_step=step)
    raise BadInput(
        f"{text} has {len(there)} thresholds", next_step=f"Name one of {', '.join(map(str, there[:12]))}"
    )


def widened_until(connection: Connection, now: datetime, until: datetime) -> list[Ending]:
    """Returns those that weaken control and end by an instant or have no end, and those whose end is past and that nobody ended.

    What tightened when it was made needed no end: under a catalog that is stricter since it weakens control all the same.
    """
    del now  # what should have ended, and has not yet, is shown most of all
    soon = or_(_C.ends_at <= to_micros(until), _C.ends_at.is_(None))
    found = [to_revision(row) for row in connection.execute(_IN_FORCE.where(soon))]
    declared = components_named(
        connection, sorted({each.name.component for each in found if not each.weakens})
    )
    endings = []
    for each in found:
        now_declared = _declared_in(declared.get(each.name.component), each.name)
        words = f"{each.name.probe} {each.name.metric}: {ranges_in_words(each.threshold)} for "
        if each.weakens:
            words += each.declared
        elif weakens(now_declared, each.threshold):
            words += f"{ranges_in_words(now_declared)}, stricter since than {each.declared}"
        else:
            continue
        endings.append(
            Ending(Sort.THRESHOLD, each.name.component, words, each.owner, each.reason, each.ends_at)
        )
    return endings


def _declared_in(component: Component | None, name: Name) -> Threshold | None:
    probes = component.probes if component else ()
    return next(
        (
            threshold
            for probe in probes
            if probe.id == name.probe
            for threshold in probe.thresholds
            if threshold.metric == name.metric
        ),
        None,
    )
