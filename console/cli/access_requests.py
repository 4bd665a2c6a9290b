"""`watchfloor access request`: ask for access, and decide about what others ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.printing import consent_of, person, print_json, print_table, who
from console.cli.words import number_of, refuse_unused, whole
from core.catalog.nearest import did_you_mean, listed
from core.errors import BadInput
from core.printable import printable
from core.security.requests import commands
from core.security.requests.model import MOST_DAYS, Wish
from core.security.requests.queries import access_requests, one_access_request

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from core.security.requests.model import AccessRequest
    from core.store.store import Store

_MEANT = ("seen", "yes", "confirm", "reason")
VERBS = ("approve", "decline", "withdraw", "end")
WORDS = ("principal", "days")
"""What this adds to `watchfloor access`."""
TAKES: dict[str, tuple[str, ...]] = {
    "": ("all",), "ask": ("person", "source", "principal", "entitlement", "on", "days", "text"), "withdraw": ("seen",),
    **dict.fromkeys(("approve", "decline", "end"), ("text", *_MEANT)),
}  # fmt: skip
_DECIDES: dict[str, Callable[..., AccessRequest]] = {
    "approve": commands.approve_access, "decline": commands.decline_access, "end": commands.end_access,
}  # fmt: skip
USAGE = "request [--all], request ask, request AQ-7 [approve, decline, withdraw, end]"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what requests for access take beside what `access` takes already."""
    parser.add_argument(
        "--principal",
        default="",
        metavar="NAME",
        help="with request ask: the account there (the person's id)",
    )
    parser.add_argument(
        "--days",
        type=whole,
        default=0,
        help=f"with request ask: for how many days, today included (1, at most {MOST_DAYS})",
    )


def run(store: Store, options: argparse.Namespace, words: tuple[str, ...]) -> int:
    """Prints requests, or does the verb; `words` are the options of `access`, of which few go with a verb."""
    first, *rest = options.names or [""]
    verb = first if first in {"", "ask"} else (rest[0] if rest else "show")
    if verb not in {"", "ask", "show", *VERBS} or len(rest) > 1 or (verb == "ask" and rest):
        raise BadInput(
            f"access request was told {printable(' '.join(options.names), 60)!r}",
            next_step=did_you_mean(verb, VERBS, f"With AQ-7 it takes one of: {listed(VERBS)}"),
        )
    refuse_unused(options, words, TAKES.get(verb, ()), f"access request {verb}".strip())
    if not verb:
        return print_requests(options, store.read(access_requests, ended=options.all, limit=options.limit))
    if verb == "ask":
        asked = store.write(person(), commands.ask_access, _wish(options, who(store)))
        return print_requests(options, [asked])
    number = number_of(first, "AQ", "request for access")
    if verb in _DECIDES:
        store.write(person(), _DECIDES[verb], number, options.text, consent_of(options), options.seen)
    elif verb == "withdraw":
        store.write(person(), commands.withdraw_access, number, options.seen)
    return print_requests(options, [store.read(one_access_request, number)])


def print_requests(options: argparse.Namespace, found: Sequence[AccessRequest]) -> int:
    """Prints requests for access as the options ask for it; returns the exit code."""
    if options.json:
        print_json([_data(each) for each in found])
    elif options.plain:
        for each in found:
            print(printable(sentence(each), 1000))
        if not found:
            print("Nobody asks for access.")
    else:
        rows = [
            (
                each.label, each.standing, each.wish.person, each.wish.entitlement, each.wish.on, each.wish.source,
                each.wish.days, each.asked_by, each.decided_by or "-", each.wish.reason,
            )
            for each in found
        ]  # fmt: skip
        titles = ("ID", "STATE", "WHO", "RIGHT", "ON", "SOURCE", "DAYS", "ASKED BY", "DECIDED BY", "WHY")
        print_table(titles, rows, "Nobody asks for access.")
    return 0


def sentence(request: AccessRequest) -> str:
    """Returns a request for access in one sentence."""
    by = f", decided by {request.decided_by}" if request.decided_by else ""
    why = f": {request.why}" if request.why else ""
    return (
        f"{request.label} {request.standing}: {request.in_words} for {request.wish.days} days, asked by {request.asked_by} "
        f"({request.wish.reason}){by}{why}; version {request.version}"
    )


def _wish(options: argparse.Namespace, asker: str) -> Wish:
    one = {name: _only(options, name) for name in ("person", "entitlement", "on")}
    return Wish(
        one["person"] or asker, options.source, options.principal, one["entitlement"], one["on"], options.text,
        options.days or 1,
    )  # fmt: skip


def _only(options: argparse.Namespace, name: str) -> str:
    values = getattr(options, name)
    if len(values) > 1:
        raise BadInput(
            f"--{name} is given {len(values)} times", next_step="One request asks for one right of one person"
        )
    return str(values[0]) if values else ""


def _data(request: AccessRequest) -> dict[str, Any]:
    return {
        "id": request.label, "version": request.version, "state": request.state, "standing": request.standing, **request.wish._asdict(),
        "asked_at": request.asked_at, "asked_by": request.asked_by, "waits_until": request.next_at,
        "ends_on": request.ends_on, "grant": f"G-{request.grant}" if request.grant else None,
        "decided_at": request.decided_at, "decided_by": request.decided_by, "why": request.why,
        "ended_at": request.ended_at,
    }  # fmt: skip
