"""Escalations in words: steps, and what is sent to whom a step tells. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.catalog.oncall import CHANNEL, ROLE, ROTA
from core.counting import counted
from core.desk.clocks.due_words import exactly
from core.desk.escalation.model import step_after
from core.journal.wording import label
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from core.catalog.oncall import Policy, PolicyStep
    from core.desk.clocks.promises import Item
    from core.desk.escalation.model import Taken
    from core.desk.escalation.queries import Escalation

_SINCE = {
    "opened": "after it was opened", "unanswered": "after it was opened, unless somebody took note of it",
    "at risk": "after a promise was at risk", "broken": "after a promise was broken",
}  # fmt: skip
_AT_ONCE = {
    "opened": "as it is opened", "unanswered": "as it is opened, unless somebody took note of it",
    "at risk": "as a promise is at risk", "broken": "as a promise is broken",
}  # fmt: skip
_ENDED = {"acknowledge": "somebody took note of it, or it is done", "resolve": "it is done"}
_VERB = {
    "incident": "watchfloor incidents {label} acknowledge",
    "request": "watchfloor request {label} acknowledge",
}


def when_words(step: PolicyStep) -> str:
    """Returns when a step is taken: `15m after it was opened`."""
    return f"{exactly(step.after_s)} {_SINCE[step.since]}" if step.after_s else _AT_ONCE[step.since]


def target_words(target: str) -> str:
    """Returns whom a step tells: `who is on call in ops`."""
    for sign, words in (
        (ROTA, "who is on call in "),
        (ROLE, "everybody with the role "),
        (CHANNEL, "the channel "),
    ):
        if target.startswith(sign):
            return words + target.removeprefix(sign)
    return target


def step_words(policy: Policy, taken: Taken) -> str:
    """Returns a step that is taken: `step 2 of 3 of policy major, 15m after it was opened`."""
    when = "by hand" if taken.due_at is None else when_words(policy.steps[taken.step - 1])
    again = f", round {taken.round + 1}" if taken.round else ""
    return f"step {taken.step} of {len(policy.steps)} of policy {policy.id}{again}, {when}"


def page_text(item: Item, row: Any, step: str, target: str, reason: str = "") -> tuple[str, str]:
    """Returns title and body of what one person is told of an item, incident or request, whose row this is."""
    name = label(item.kind, str(item.id))
    pressing = f"severity {row.severity}" if item.kind == "incident" else f"priority {row.priority}"
    owner = f"it is {row.owner}'s" if row.owner else "nobody has taken it"
    lines = [
        f"{name}: {row.title}",
        f"{pressing}, {row.service}, {row.state}, opened {from_micros(row.opened_at):%Y-%m-%d %H:%M}Z; {owner}",
        *([f"Why: {reason}"] if reason else []),
        f"You are told as {target_words(target)}: {step}.",
        f"Take note of it: {_VERB[item.kind].format(label=name)}",
    ]
    return row.title, "\n".join(lines)


def policy_words(policy: Policy) -> list[str]:
    """Returns a policy in words, a line for each step and one for its end."""
    lines = [
        f"{number}. {when_words(step)}: {', '.join(target_words(each) for each in step.tell)}"
        for number, step in enumerate(policy.steps, 1)
    ]
    until = "somebody takes note of it" if policy.ends == "acknowledge" else "it is done"
    again = (
        f"again {counted(policy.repeat, 'time')}, {exactly(policy.every_s)} apart, " if policy.repeat else ""
    )
    return [*lines, f"{again}until {until}"]


def next_by_hand(found: Escalation) -> str:
    """Returns which step a person would take now, and whom it tells."""
    done: dict[int, int] = {}
    for each in found.taken:
        done[each.step] = max(each.round, done.get(each.step, -1))
    taken = step_after(found.policy, done)
    step = found.policy.steps[taken.step - 1]
    again = f", round {taken.round + 1}" if taken.round else ""
    whom = ", ".join(target_words(each) for each in step.tell)
    return f"step {taken.step} of {len(found.policy.steps)}{again}: {whom}"


def standing_words(found: Escalation) -> list[str]:
    """Returns how an escalation stands, in a line or two: what was done last, and what is to come."""
    many = len(found.policy.steps)
    lines: list[str] = []
    if found.taken:
        last = found.taken[-1]
        whom = f"told {', '.join(last.told)}" if last.told else "found NOBODY to tell"
        again = f", round {last.round + 1}" if last.round else ""
        lines.append(f"step {last.step} of {many}{again} {whom} at {last.at:%Y-%m-%d %H:%M:%S}Z")
    if found.nobody_at is not None:
        lines.append(f"! nobody was told: since {found.nobody_at:%Y-%m-%d %H:%M}Z no step found anybody")
    if found.next_at is not None:
        lines.append(
            f"step {found.next_step} of {many} is due {found.next_at:%Y-%m-%d %H:%M:%S}Z, by policy {found.policy.id}"
        )
    elif found.is_over:
        lines.append(f"policy {found.policy.id} is over: {_ENDED[found.policy.ends]}")
    else:
        lines.append(f"no step of policy {found.policy.id} is to come as things stand")
    return lines
