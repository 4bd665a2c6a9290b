"""What `watchfloor request` does with a request beside working on it: who attends to it, what it hangs together with, approvals, checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.escalations import escalation_data, print_escalated
from console.cli.links import add_relation_argument, link_data, link_facts
from console.cli.printing import person
from console.cli.request_form import form_words
from console.cli.words import whole
from core.desk.escalation.commands import escalate
from core.desk.escalation.words import standing_words
from core.desk.links.commands import link_items, unlink_items
from core.desk.links.model import item_called
from core.desk.requests import attending, checklists, commands
from core.desk.requests.approvals import approve_request, decline_request
from core.desk.requests.changing import TEXTS, change_request
from core.desk.requests.merging import merge_request, unmerge_request
from core.desk.requests.splitting import split_request
from core.errors import BadInput
from core.gate.model import Consent, Level
from core.printable import printable
from core.timekeeping import parse_future, utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from datetime import datetime

    from core.desk.requests.whole import Whole
    from core.store.store import Store

CONSENT = ("yes", "confirm", "reason")
TAKES: dict[str, tuple[str, ...]] = {
    "hand-over": ("to", "text"),
    "watch": ("to",),
    "unwatch": ("to",),
    "snooze": ("until", "text"),
    "wake": (),
    "link": ("relation", "to"),
    "unlink": ("to",),
    "merge": ("to", "text", *CONSENT),
    "unmerge": CONSENT,
    "split": ("title", "text", "service", *CONSENT),
    "change": ("title", "text", "component", "form", *CONSENT),
    "escalate": ("text", *CONSENT),
    "approve": ("text", *CONSENT),
    "decline": ("text", *CONSENT),
    "check": ("text", "may_stay_open"),
    "drop-check": ("line",),
    "tick": ("line",),
    "untick": ("line",),
}
"""Which words go with each of these verbs."""
WORDS = ("relation", "line", "may_stay_open", "form", "despite")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments that go with these verbs."""
    add_relation_argument(parser)
    parser.add_argument("--line", type=whole, default=None, help="a line of its checklist, by number")
    parser.add_argument(
        "--may-stay-open",
        action="store_true",
        help="of a new line of the checklist: it need not be ticked off",
    )
    parser.add_argument(
        "--form",
        action="append",
        metavar="NAME=VALUE",
        default=[],
        help="a field of its form; said once for each",
    )
    parser.add_argument(
        "--despite", metavar="WHY", default="", help="why it is delivered with lines of its checklist open"
    )


def do(store: Store, options: argparse.Namespace, number: int) -> int:
    """Does the verb; returns the request that is printed then."""
    made: Any = store.write(person(), _DOINGS[options.verb], options, number)
    if options.verb == "escalate":
        print_escalated(options, made)
    return made.id if options.verb == "split" else number


def consent_of(options: argparse.Namespace) -> Consent:
    """Returns how surely it is meant."""
    return Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)


def _hand_over(work: Any, options: argparse.Namespace, number: int) -> None:
    attending.hand_over_request(work, number, options.to, options.text)


def _watch(work: Any, options: argparse.Namespace, number: int) -> None:
    attending.watch_request(work, number, options.to)


def _unwatch(work: Any, options: argparse.Namespace, number: int) -> None:
    attending.unwatch_request(work, number, options.to)


def _snooze(work: Any, options: argparse.Namespace, number: int) -> None:
    if not options.until:
        raise BadInput("a snooze has an end", next_step="Say --until 14:30, 2h or '2026-03-02 09:00'")
    attending.snooze_request(work, number, parse_future(options.until, utc_now()), options.text)


def _wake(work: Any, _options: argparse.Namespace, number: int) -> None:
    attending.wake_request(work, number)


def _link(work: Any, options: argparse.Namespace, number: int) -> None:
    link_items(work, commands.subject(number), options.relation, item_called(options.to))


def _unlink(work: Any, options: argparse.Namespace, number: int) -> None:
    unlink_items(work, commands.subject(number), item_called(options.to))


def _merge(work: Any, options: argparse.Namespace, number: int) -> None:
    target = item_called(options.to)
    if target.kind != "request":
        raise BadInput(
            f"{options.to} is no request", next_step="Merge it into one, as --to R-2; link the two instead"
        )
    merge_request(work, number, int(target.id), options.text, consent_of(options))


def _unmerge(work: Any, options: argparse.Namespace, number: int) -> None:
    unmerge_request(work, number, consent_of(options))


def _split(work: Any, options: argparse.Namespace, number: int) -> Any:
    return split_request(
        work, number, options.title, options.text, consent_of(options), service=options.service
    )


def _change(work: Any, options: argparse.Namespace, number: int) -> None:
    texts = {name: getattr(options, name) for name in TEXTS if getattr(options, name)}
    change_request(work, number, texts, form_words(options.form), consent_of(options))


def _approve(work: Any, options: argparse.Namespace, number: int) -> None:
    approve_request(work, number, options.text, consent_of(options))


def _decline(work: Any, options: argparse.Namespace, number: int) -> None:
    decline_request(work, number, options.text, consent_of(options))


def _check(work: Any, options: argparse.Namespace, number: int) -> None:
    checklists.add_check(work, number, options.text, is_mandatory=not options.may_stay_open)


def _escalate(work: Any, options: argparse.Namespace, number: int) -> Any:
    return escalate(work, "request", number, options.text or options.reason, consent_of(options))


def _on_line(command: Callable[[Any, int, int], None]) -> Callable[[Any, Any, int], None]:
    def doing(work: Any, options: argparse.Namespace, number: int) -> None:
        if options.line is None:
            raise BadInput("which line of its checklist?", next_step="Say --line 2")
        command(work, number, options.line)

    return doing


_DOINGS: dict[str, Callable[[Any, Any, int], Any]] = {
    "hand-over": _hand_over, "watch": _watch, "unwatch": _unwatch, "snooze": _snooze, "wake": _wake, "link": _link,
    "unlink": _unlink, "merge": _merge, "unmerge": _unmerge, "split": _split, "change": _change, "escalate": _escalate, "approve": _approve,
    "decline": _decline, "check": _check, "drop-check": _on_line(checklists.remove_check),
    "tick": _on_line(checklists.tick_check), "untick": _on_line(checklists.untick_check),
}  # fmt: skip


def facts_of(whole: Whole) -> list[tuple[str, str]]:
    """Returns what belongs to a request, each with what it is called; nothing is empty."""
    request = whole.request
    facts: list[tuple[str, str]] = []
    if request.snoozed_until is not None:
        facts.append(("snoozed", f"until {_instant(request.snoozed_until)} by {request.snoozed_by}"))
    if whole.approval is not None:
        facts.append(("approval", whole.approval.words))
    facts += link_facts(whole.links)
    if whole.watchers:
        facts.append(("watched by", ", ".join(whole.watchers)))
    facts += [("checklist", each.words) for each in whole.checks]
    facts += [("run", each.words) for each in whole.runs]
    if whole.escalation is not None:
        facts += [("escalation", words) for words in standing_words(whole.escalation)]
    return [(name, printable(words, 300)) for name, words in facts]


def data_of(whole: Whole) -> dict[str, Any]:
    """Returns what belongs to a request, as JSON holds it."""
    approval = whole.approval
    return {
        "snoozed_until": whole.request.snoozed_until, "snoozed_by": whole.request.snoozed_by,
        "links": link_data(whole.links),
        "watchers": list(whole.watchers), "escalation": escalation_data(whole.escalation),
        "checklist": [each._asdict() for each in whole.checks],
        "runs": [{"id": each.label, "state": each.state, "procedure": each.procedure} for each in whole.runs],
        "approval": None if approval is None else {
            "state": approval.state, "round": approval.round, "needed": approval.needed, "approvers": list(approval.approvers),
            "asked_at": approval.asked_at, "expires_at": approval.expires_at,
            "votes": [{"by": vote.by, "yes": vote.is_yes, "why": vote.why, "at": vote.at} for vote in approval.votes],
        },
    }  # fmt: skip


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z"
