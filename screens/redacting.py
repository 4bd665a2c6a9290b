"""Taking a text out from the keyboard: what it is, where it stands, and only then the name and the reason.

What is typed is kept nowhere: a draft of it would be one more place where the text stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.counting import counted
from core.errors import WatchfloorError
from core.gate.model import VERBS, Level
from core.journal.wording import label
from core.redaction.commands import redact
from core.redaction.model import check_found
from core.redaction.queries import find_text
from screens.boxes.confirm import ConfirmBox, Question

if TYPE_CHECKING:
    from core.journal.model import Subject
    from core.redaction.model import Found
    from screens.floor import Floor

MOST_SHOWN = 6


async def redact_text(floor: Floor, subject: Subject) -> None:
    """Asks which text, shows where it stands in what is kept of a subject, and takes it out."""
    name = label(*subject)
    which = Question(
        f"Take a text out of {name}", ["it is looked for letter by letter; nothing is changed yet"], [name], Level.BOX, "Look",
        asks_text="the text:", keeps_lines=True,
    )  # fmt: skip
    asked = await floor.box(ConfirmBox(which))
    if asked is None:
        return
    try:
        found = await floor.ask(find_text, subject, asked.text)
        check_found(found, subject, everywhere=False)
    except WatchfloorError as error:
        floor.say(str(error), bad=True)
        return
    question = Question(
        f"Take it out of {name} for good", _lines(found), [name], VERBS["redact"].level, "Take it out"
    )
    answer = await floor.box(ConfirmBox(question))
    if answer is None:
        return
    done = f"{name}: taken out {counted(found.times, 'time')}; `watchfloor redact --scour` sees to what is left of it, or says where that is"
    await floor.command(redact, subject, asked.text, answer.consent, seen=found, done=done)


def _lines(found: Found) -> list[tuple[str, str]]:
    """Returns what would be changed."""
    numbers = ", ".join(str(each.seq) for each in found.entries[:MOST_SHOWN])
    more = " …" if len(found.entries) > MOST_SHOWN else ""
    kept = ", ".join(dict.fromkeys(f"{each.table}.{each.column}" for each in found.rows))
    lines = [
        ("text", f"{counted(found.characters, 'character')}, stands {counted(found.times, 'time')}"),
        ("entries", f"{numbers}{more}" if numbers else "none"),
        ("kept in", kept or "nothing else"),
        ("then", "[redacted] stands there for good; the journal says by whom and why, and not what it was"),
    ]
    if found.elsewhere:
        lines.append(
            (
                "besides",
                f"{counted(found.elsewhere, 'entry', 'entries')} of other items hold it, too: `watchfloor redact --everywhere`",
            )
        )
    return lines
