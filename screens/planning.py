"""Planning a maintenance window: what it covers, from when, for how long, whose and why; and before it holds, what it touches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import BadInput, Unavailable, WatchfloorError
from core.gate.model import VERBS, Level, needed_level
from core.gate.people import ask_role
from core.operations.windows.commands import Plan, checked_plan, plan_window
from core.operations.windows.scope import checked_scope, scope_said, touched
from core.operations.windows.when import end_after, instant_in
from core.security.findings.commands import check_owner
from core.sentences import LONGEST_LINE
from core.timekeeping import utc_now
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import Fault, FormBox, FormField, is_written
from screens.known import told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.operations.windows.model import Touched
    from screens.floor import Floor

USUAL = "2h"
_FIELDS = {"from": "from", "until": "until", "owner": "owner", "reason": "text"}
"""The field that a refusal is about, by its place; any other is about what is covered."""


async def plan(floor: Floor, names: Sequence[str]) -> None:
    """Asks for a window over what is named, shows what it would touch, and plans it."""
    said = " ".join(names)
    draft = Draft(floor, f"window.plan:{said}")
    fields = [
        FormField("covers", "covers: components, service:NAME, zone:NAME", said, "db-main db-spare, service:shop", _is_scope),
        FormField("from", "from (UTC)", "now", "now, 22:00, 2026-11-27 22:00 or 2h", is_instant),
        FormField("until", "for how long, or until when (UTC)", USUAL, "2h, 90m or 23:30", _is_end),
        FormField("owner", "who answers for it", floor.person, check=is_written),
        FormField("text", "why", check=is_written, longest=LONGEST_LINE),
    ]  # fmt: skip
    previews: list[tuple[Plan, Touched]] = []

    async def asked(texts: dict[str, str]) -> Fault | None:
        previews.clear()
        try:
            previews[:] = [await _preview(floor, texts)]
        except Unavailable:
            return None
        except WatchfloorError as error:
            return _FIELDS.get(error.where, "covers"), told(error)
        return None

    texts = await floor.box(FormBox("plan a maintenance window", fields, draft, asked))
    if texts is None:
        return
    try:
        made, found = previews[0] if previews else await _preview(floor, texts)
    except WatchfloorError as error:
        floor.say(f"{error}; what you typed is kept as a draft", bad=True)
        return
    lines = [
        ("when", when_words(made.begins_at, made.ends_at)),
        *found.lines,
        ("answers", made.owner),
        ("why", made.reason),
    ]
    level = max(Level.BOX, needed_level(VERBS[made.verb], len(found.components)))
    names = list(found.components)
    question = Question("Plan a maintenance window", lines, names, level, "Plan it")
    answer = await floor.box(ConfirmBox(question))
    if answer is None:
        return
    window = await floor.command(plan_window, begun_by(made, utc_now()), answer.consent, draft=draft)
    if window is not None:
        floor.say(
            f"{window.label} {window.state}: {window.scope.short} until {window.ends_at:%Y-%m-%d %H:%M}Z"
        )


async def _preview(floor: Floor, texts: Mapping[str, str]) -> tuple[Plan, Touched]:
    now, asked = utc_now(), scope_said(texts["covers"])
    scope = await floor.ask(checked_scope, asked.components, asked.services, asked.zones)
    begin = instant_in(texts["from"], "UTC", now)
    end = end_said(texts["until"], begin, now)
    made = checked_plan(Plan(scope, begin, end, texts["owner"].strip(), texts["text"]), now)
    await ask_role_for(floor, made.verb)
    if made.owner != floor.person:
        await floor.ask(check_owner, made.owner)
    return made, await floor.ask(touched, scope)


async def ask_role_for(floor: Floor, verb: str) -> None:
    """Raises NotPermitted, said of the end, where the person's role does not allow what is long."""
    await floor.ask(ask_role, floor.person, verb, VERBS[verb].words, "until")


def begun_by(made: Plan, now: datetime) -> Plan:
    """Returns a plan that is confirmed now: where its begin went by while it was looked at, it begins now, and its end stays."""
    return replace(made, begins_at=max(made.begins_at, now))


def when_words(begin: datetime, end: datetime) -> str:
    """Returns from when up to when, in UTC."""
    is_same = begin.date() == end.date()
    return (
        f"{begin:%Y-%m-%d %H:%M}Z to {end:%H:%M}Z"
        if is_same
        else f"{begin:%Y-%m-%d %H:%M}Z to {end:%Y-%m-%d %H:%M}Z"
    )


def end_said(text: str, begin: datetime, now: datetime) -> datetime:
    """Returns the end that is written as a span from the begin on, or as an instant after it. Raises BadInput."""
    try:
        return end_after(begin, text)
    except BadInput:
        return instant_in(text, "UTC", max(begin, now))


def _is_scope(text: str) -> str | None:
    try:
        said = scope_said(text)
    except BadInput as error:
        return str(error)
    return None if said.words else "name what it covers"


def is_instant(text: str) -> str | None:
    """Returns what is wrong with an instant, which is UTC where nothing else is said."""
    try:
        instant_in(text, "UTC", utc_now())
    except BadInput as error:
        return str(error)
    return None


def _is_end(text: str) -> str | None:
    try:
        end_said(text, utc_now(), utc_now())
    except BadInput as error:
        return str(error)
    return None
