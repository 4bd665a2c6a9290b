"""Did it come back? A question the journal answers: the measure of a corrective action. Pure.

A measure is written `component:orders-store`, `service:orders`, `finding:7` or `cause:capacity`. What the journal says
comes as signs: its entries that can answer a measure, each with what its subject is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.counting import counted
from core.errors import BadInput
from core.improvement.model import Origin
from core.journal.wording import label

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from core.journal.model import Subject


class Asked(NamedTuple):
    """One kind of measure: what is asked, with a blank for its subject, and the kinds of entries that answer it."""

    words: str
    kinds: frozenset[str]


MEASURES = {
    "component": Asked(
        "{} fails again", frozenset({"incident.opened", "incident.reopened", "incident.failed_again"})
    ),
    "service": Asked(
        "a promise about {} is broken again", frozenset({"incident.breached", "request.breached"})
    ),
    "finding": Asked("{} is there again", frozenset({"finding.reopened", "finding.still_there"})),
    "cause": Asked(
        "another corrective action names the cause {}", frozenset({"action.drafted", "action.revised"})
    ),
}
KINDS = frozenset(kind for asked in MEASURES.values() for kind in asked.kinds)
"""The kinds of entries that can answer any measure."""


class Sign(NamedTuple):
    """An entry that can answer a measure, with what its subject is about: what is not so of it is empty."""

    seq: int
    at: datetime
    kind: str
    subject: Subject
    component: str = ""
    service: str = ""
    category: str = ""  # of the cause, which the entry gave to a corrective action


class Measure(NamedTuple):
    """What the journal is asked of one action: a kind of measure, and its subject."""

    kind: str
    about: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.about}" if self.kind else ""

    @property
    def words(self) -> str:
        """Returns when it recurs, in words; empty where nothing is asked."""
        asked = MEASURES.get(self.kind)
        name = label("finding", self.about) if self.kind == "finding" else self.about
        return asked.words.format(name) if asked else ""


class Figure(NamedTuple):
    """What the journal answered: since when it was asked, how often the same came back, and the last of what came back."""

    since: datetime
    times: int
    last: tuple[Subject, ...] = ()

    @property
    def words(self) -> str:
        """Returns the answer in words: `2 times since 2026-11-03 (I-7, I-9)`."""
        names = ", ".join(dict.fromkeys(label(*each) for each in self.last))
        often = counted(self.times, "time") if self.times else "not once"
        return f"{often} since {self.since:%Y-%m-%d %H:%M}Z" + (f" ({names})" if names else "")


NOTHING_ASKED = Measure("", "")
SHOWN = 5


def measure_in(text: str) -> Measure:
    """Returns the measure that a text writes; raises BadInput for one that the journal cannot answer."""
    kind, _, about = text.strip().partition(":")
    kind, about = kind.strip(), about.strip()
    if not kind and not about:
        return NOTHING_ASKED
    if kind not in MEASURES or not about:
        raise BadInput(
            f"{text[:60]!r} is no question that the journal answers", where="measure",
            next_step=f"Write one of {', '.join(f'{name}:…' for name in MEASURES)}, as component:orders-store",
        )  # fmt: skip
    if kind == "finding":
        number = about.upper().removeprefix("F-")
        if not (number.isascii() and number.isdecimal()):
            raise BadInput(
                f"{about[:40]!r} is no finding's number", where="measure", next_step="Write finding:7"
            )
        about = number
    return Measure(kind, about)


def usual_measure(origin: Origin, source: Subject | None, component: str, service: str) -> Measure:
    """Returns what is asked of an action of which nobody says otherwise, by what it came from; nothing where that says nothing."""
    if source is not None and source.kind == "finding":
        return Measure("finding", source.id)
    if origin is Origin.TARGET and service:
        return Measure("service", service)
    return Measure("component", component) if component else NOTHING_ASKED


def recurs(measure: Measure, action_id: int, sign: Sign) -> bool:
    """Tells whether a sign says that what an action is to keep away came back."""
    asked = MEASURES.get(measure.kind)
    if asked is None or sign.kind not in asked.kinds:
        return False
    if measure.kind == "finding":
        return sign.subject.kind == "finding" and sign.subject.id == measure.about
    if measure.kind == "cause":
        return sign.category == measure.about and sign.subject.id != str(action_id)
    return measure.about == (sign.component if measure.kind == "component" else sign.service)


def figure(measure: Measure, action_id: int, signs: Iterable[Sign], since: datetime) -> Figure:
    """Returns what signs answer to a measure from an instant on, which itself does not count."""
    found = [each for each in signs if each.at > since and recurs(measure, action_id, each)]
    return Figure(since, len(found), tuple(each.subject for each in found[-SHOWN:]))
