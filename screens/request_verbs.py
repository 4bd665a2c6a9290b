"""What of the verbs over requests is possible on one, in words where it is not. Pure; core decides all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.requests.model import OVER, STANDING, RequestState

if TYPE_CHECKING:
    from core.desk.requests.model import Request

_S = RequestState
_BECOMES = {
    "request.acknowledge": _S.ACKNOWLEDGED,
    "request.start": _S.IN_PROGRESS,
    "request.wait": _S.WAITING,
    "request.cancel": _S.CANCELLED,
    "request.refuse": _S.REFUSED,
    "request.reopen": _S.REOPENED,
}
_NOT_WHEN_OVER = frozenset({"request.take", "request.assign", "request.hand_over", "request.grade"})
_NOT_WHEN_OVER |= {"request.link", "request.watch", "request.split", "request.change", "request.checks"}
OF_REQUEST = frozenset(_BECOMES) | _NOT_WHEN_OVER | {
    "request.deliver", "request.note", "request.tell", "request.said", "request.admit", "request.due", "request.merge",
    "request.snooze", "request.wake", "request.decide", "request.macro", "request.escalate", "request.run",
}  # fmt: skip
"""Every verb that needs a request."""


def why_not(verb: str, request: Request, person: str) -> str | None:
    """Returns why a verb is not possible on a request as it stands; None where it is."""
    state, follows = request.state, STANDING[request.state].follows
    if verb == "request.escalate":
        return None if state.is_open else f"{_is(request)}; nobody needs to be told"
    if verb == "request.deliver":
        ends = _S.CLOSED if state is _S.DELIVERED else _S.DELIVERED
        return None if ends in follows else _is(request)
    if verb == "request.merge":
        return None if state is _S.MERGED or _S.MERGED in follows else _is(request)
    if verb == "request.decide":
        return None if state is _S.APPROVAL else f"{_is(request)}; it waits for no approval"
    if verb in {"request.snooze", "request.wake"}:
        return None if state.is_open else f"{_is(request)}; there is nothing to snooze"
    if verb == "request.admit":
        return None if state is _S.HELD else f"{_is(request)}, not held"
    if verb == "request.take" and request.owner == person and state not in {_S.NEW, _S.REOPENED}:
        return f"{request.label} is yours already"
    if (verb in _NOT_WHEN_OVER or verb == "request.macro") and state in OVER:
        return f"{_is(request)}; J opens it again" if _S.REOPENED in follows else _is(request)
    wanted = _BECOMES.get(verb)
    return None if wanted is None or wanted in follows else _is(request)


def _is(request: Request) -> str:
    return f"{request.label} is {request.standing}"
