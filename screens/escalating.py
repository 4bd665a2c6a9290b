"""Escalating by hand, and how an escalation stands, wherever an incident or a request is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.escalation.commands import escalate
from core.desk.escalation.queries import escalation_of
from core.desk.escalation.words import next_by_hand, standing_words
from core.errors import WatchfloorError
from core.gate.model import VERBS
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.tones import Tone

if TYPE_CHECKING:
    from core.desk.escalation.queries import Escalation
    from screens.floor import Floor
    from screens.widgets.lines import TextLine

ASKS = "why it is escalated:"


async def escalate_by_hand(floor: Floor, kind: str, number: int, label: str, title: str) -> None:
    """Shows whom the next step would tell, asks why, and has it taken; two who do so at once take one step."""
    try:
        found = await floor.ask(escalation_of, kind, number)
    except WatchfloorError as error:
        floor.say(str(error), bad=True)
        return
    verb = f"{kind}.escalate"
    lines = [("what", title), *_facts(found)]
    question = Question(f"Escalate {label}", lines, [label], VERBS[verb].level, "Escalate", asks_text=ASKS)
    draft = Draft(floor, f"{verb}:{label}")
    answer = await floor.box(ConfirmBox(question, draft))
    if answer is None:
        return
    seen = found.version if found is not None else 0
    done = await floor.command(escalate, kind, number, answer.text, answer.consent, seen, draft=draft)
    if done is not None:
        whom = ", ".join(done.told)
        words = f"told {whom}" if done.told else "NOBODY was found to tell"
        floor.say(f"{label}: step {done.step} {words}", bad=not done.told)


def _facts(found: Escalation | None) -> list[tuple[str, str]]:
    if found is None:
        return [("policy", "none yet: the one that its agreement or service names now")]
    return [("so far", line) for line in standing_words(found)[:2]] + [("next", next_by_hand(found))]


def escalation_lines(found: Escalation | None) -> list[TextLine]:
    """Returns how an escalation stands, in a line or two; nothing for none. What must not be overlooked begins with `!`."""
    if found is None:
        return []
    tone = Tone.CRITICAL if found.nobody_at is not None else Tone.MUTED
    return [[(" escalation ", Tone.MUTED), (words, tone)] for words in standing_words(found)]
