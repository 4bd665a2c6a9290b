"""What can be asked of an item: each field of the filter language, its values and what they mean. Pure data.

Whatever explains the language (hints, the guide, error messages) reads this one list.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from core.desk.model import IncidentState
from core.desk.requests.model import STANDING, RequestState


class Kind(StrEnum):
    """What is looked for."""

    REQUEST = "request"
    INCIDENT = "incident"


BOTH: Final = frozenset(Kind)
_REQUESTS: Final = frozenset({Kind.REQUEST})


class Sort(StrEnum):
    """What the values of a field are."""

    STATE = "a state"
    NAME = "a name"
    NUMBER = "a number"
    PAST = "an instant that was"
    COMING = "an instant that comes"
    FLAG = "a word"


class Field(NamedTuple):
    """A field: its name, what its values are, of which items it is, what it means, an example, its other names."""

    name: str
    sort: Sort
    kinds: frozenset[Kind]
    means: str
    example: str
    also: tuple[str, ...] = ()


FIELDS: Final = (
    Field("state", Sort.STATE, BOTH, "where it stands; `open` is whatever still has to be worked on, `over` what has ended", "state:open"),
    Field("is", Sort.FLAG, BOTH, "what is so of it, in one word of the list below", "is:held"),
    Field("priority", Sort.NUMBER, BOTH, "1 (worst) to 4; of an incident its severity", "priority<=2", ("p", "severity", "sev")),
    Field("owner", Sort.NAME, BOTH, "who has it; `@me` is oneself, `none` nobody; `@name` says the same", "owner:none"),
    Field("service", Sort.NAME, BOTH, "which service it is about", "service:mail"),
    Field("component", Sort.NAME, BOTH, "which component it is about", "component:db"),
    Field("customer", Sort.NAME, _REQUESTS, "whose request it is", "customer:acme"),
    Field("agreement", Sort.NAME, _REQUESTS, "under which agreement it is worked", "agreement:gold"),
    Field("type", Sort.NAME, _REQUESTS, "which type of request of its service", "-type:access"),
    Field("requester", Sort.NAME, _REQUESTS, "the address of who asks", "requester:ada@", ("from",)),
    Field("source", Sort.NAME, _REQUESTS, "how it came: mail, phone, console, cli", "source:mail"),
    Field("due", Sort.COMING, BOTH, "when the next of its promises is due; `due<2h` is in less than two hours, or past", "due<2h"),
    Field("until", Sort.COMING, _REQUESTS, "until when it waits", "until<1d"),
    Field("opened", Sort.PAST, BOTH, "when it was opened; `opened<2h` is less than two hours ago", "opened>2026-11-01"),
    Field("closed", Sort.PAST, BOTH, "when it ended", "closed:today"),
    Field("delivered", Sort.PAST, _REQUESTS, "when it was delivered", "delivered<7d"),
    Field("resolved", Sort.PAST, frozenset({Kind.INCIDENT}), "when it was resolved", "resolved<1d"),
    Field("id", Sort.NUMBER, BOTH, "its number; `R-7` alone says the same of a request, `I-7` of an incident", "id:7"),
)  # fmt: skip
NAMED: Final = {name: field for field in FIELDS for name in (field.name, *field.also)}
PRIORITIES: Final = range(1, 5)

FLAGS: Final = {
    "open": "still to be worked on",
    "over": "ended",
    "unowned": "nobody's",
    "mine": "one's own",
    "late": "open, and its next promise is past",
    "broken": "one of its promises was broken",
    "risk": "one of its promises was called at risk",
    "held": "a request that waits for a lead's decision or an approval",
    "waiting": "a request that waits on somebody, or until an instant",
    "answered": "a request whose requester had a first answer",
    "snoozed": "a request that is put off until an instant",
    "major": "a major incident that is not stood down",
    "cleared": "an incident whose component recovered",
    "unseen": "an incident of which nobody took note",
}
"""What `is:` can be, and what it means."""
FLAG_KINDS: Final = {
    "held": _REQUESTS, "waiting": _REQUESTS, "answered": _REQUESTS,
    "snoozed": _REQUESTS,
    "major": frozenset({Kind.INCIDENT}),
    "cleared": frozenset({Kind.INCIDENT}), "unseen": frozenset({Kind.INCIDENT}),
}  # fmt: skip

STATES: Final[dict[Kind, dict[str, frozenset[str]]]] = {
    Kind.REQUEST: {
        "open": frozenset(str(s) for s in RequestState if STANDING[s].is_open),
        "over": frozenset(str(s) for s in RequestState if s.is_over),
        **{str(state): frozenset({str(state)}) for state in RequestState},
    },
    Kind.INCIDENT: {
        **{str(state): frozenset({str(state)}) for state in IncidentState},
        "open": frozenset(str(s) for s in IncidentState if s.is_unsolved),
        "over": frozenset({str(IncidentState.CLOSED)}),
        "new": frozenset({str(IncidentState.OPEN)}),
    },
}
"""Of each kind of item: a word for its state, and the states it stands for. An incident nobody took note of is `new`."""


def state_words(kinds: frozenset[Kind]) -> list[str]:
    """Returns the words for states of these kinds, in the order of their life."""
    return list(
        dict.fromkeys(word for kind in Kind if kind in kinds for word in ("open", "over", *STATES[kind]))
    )
