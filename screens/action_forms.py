"""The forms in which corrective actions are written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from core.catalog.nearest import did_you_mean, listed
from core.catalog.queries import declared_causes
from core.errors import BadInput, WatchfloorError
from core.improvement.commands import carried_out_as, check_category, check_measure, draft_action, whys_of
from core.improvement.model import EDITABLE
from core.improvement.queries import owners
from core.improvement.recurring import MEASURES, measure_in
from core.sentences import LONGEST
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_said
from screens.known import known_to, told
from screens.written import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from core.catalog.improvement import Cause
    from core.improvement.begun import Begun
    from core.improvement.model import CorrectiveAction
    from core.journal.model import Subject
    from screens.floor import Floor

ASKS = {**PEOPLE, "category": check_category, "measure": check_measure}
"""What the database is asked of a form of a corrective action before it closes, by field."""
AT_FIRST = ("deviation", "containment", "cause", "action", "owner", "due", "check_plan")
"""What is asked for when one is drafted; the rest is written once it is looked into."""
_LABELS = {
    "deviation": ("deviation: what went wrong", ""),
    "containment": ("containment: what was done at once, so that it does no more harm", ""),
    "whys": ("whys: why, and why that, five times; one a line", "ctrl+o opens your editor"),
    "category": ("cause category", ""),
    "cause": ("cause: why it went wrong", ""),
    "action": ("action: what is done so that it does not return", ""),
    "owner": ("owner", "who does it"),
    "due": ("due", "YYYY-MM-DD"),
    "check_plan": ("effectiveness check: how it is seen to have worked", ""),
    "measure": ("measure: what the journal is asked", ", ".join(f"{kind}:…" for kind in MEASURES)),
    "check_on": ("check on", "YYYY-MM-DD; 30 days after it is done if nobody says"),
    "checker": ("checker", "who checks it; neither its owner nor who did it"),
}
_ONE_LINE = frozenset({"owner", "due", "category", "measure", "check_on", "checker"})


async def draft_from_subject(floor: Floor, about: Subject, *, besides: str = "", component: str = "") -> None:
    """Opens the form of a new corrective action from a subject, as it stands; `besides` says what of it, and about which component."""
    from core.improvement.begun import begun_from  # it knows every house that an action can come from

    try:
        begun = await floor.ask(begun_from, about)
    except WatchfloorError as error:
        floor.say(str(error), bad=True)
        return
    deviation = ": ".join(filter(None, (begun.deviation, besides)))
    await draft_from(floor, begun._replace(deviation=deviation, component=component or begun.component))


async def draft_from(floor: Floor, begun: Begun | None) -> None:
    """Opens the form of a new corrective action, begun from what it comes from where there is that."""
    draft = Draft(floor, f"action:new:{begun.label if begun else ''}")
    values = {"deviation": begun.deviation if begun else "", "owner": await _likely_owner(floor)}
    title = f"corrective action from {begun.label}" if begun else "new corrective action"
    answer = await floor.box(
        FormBox(title, action_fields(values, AT_FIRST), draft, known_to(floor, ASKS, values))
    )
    if answer is None:
        return
    made = await floor.command(
        draft_action,
        answer,
        about=begun.about if begun else None,
        component=begun.component if begun else "",
        draft=draft,
    )
    if made is not None:
        floor.say(f"{made.label} drafted; 6 shows it")


async def causes_of(floor: Floor) -> Mapping[str, Cause]:
    """Returns the categories of causes; none while that cannot be told, and the command tells what is wrong."""
    try:
        return await floor.ask(declared_causes)
    except WatchfloorError:
        return {}  # the form opens all the same: what is typed is kept until the database is back


def action_fields(
    values: Mapping[str, str], only: Sequence[str] = EDITABLE, causes: Mapping[str, Cause] | None = None,
    done: CorrectiveAction | None = None,
) -> list[FormField]:  # fmt: skip
    """Returns the form of a corrective action, or some of its fields; `done` is one that was carried out, whose owner stays."""
    hints = {"category": listed(causes)} if causes else {}
    checks = {**_CHECKS, "category": _one_of(causes)} if causes else dict(_CHECKS)
    if done is not None:
        checks["owner"] = _stays(done)
    return [
        FormField(
            name, _LABELS[name][0], values.get(name, ""), hints.get(name, _LABELS[name][1]), check=checks.get(name),
            keeps_lines=name not in _ONE_LINE, longest=LONGEST,
        )
        for name in only
    ]  # fmt: skip


async def _likely_owner(floor: Floor) -> str:
    """Returns who is at the keyboard, where that person may own an action; nobody while that cannot be told."""
    try:
        names = await floor.ask(owners)
    except WatchfloorError:
        return ""  # the form opens all the same: what is typed is kept until the database is back
    return floor.person if not names or floor.person in names else ""


def _one_of(causes: Mapping[str, Cause]) -> Callable[[str], str | None]:
    def check(text: str) -> str | None:
        return None if not text or text in causes else did_you_mean(text, causes, f"one of: {listed(causes)}")

    return check


def _stays(done: CorrectiveAction) -> Callable[[str], str | None]:
    def check(text: str) -> str | None:
        return None if text == done.owner else carried_out_as(done.id, done.owner)

    return check


def _are_whys(text: str) -> str | None:
    try:
        whys_of(text)
    except BadInput as error:
        return told(error)
    return None


def _is_date(text: str) -> str | None:
    if not text:
        return None
    try:
        date.fromisoformat(text)
    except ValueError:
        return "write it as 2026-11-30"
    return None


def _is_measure(text: str) -> str | None:
    try:
        measure_in(text)
    except BadInput as error:
        return error.next_step
    return None


_CHECKS: dict[str, Callable[[str], str | None]] = {
    "due": _is_date, "check_on": _is_date, "deviation": is_said, "measure": _is_measure, "whys": _are_whys,
}  # fmt: skip
