"""Attaching to an incident what one did, from the keyboard; and reading what is attached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.counting import counted
from core.desk.attached import attach_log, attached_logs, doings_since, line_of
from core.errors import Unavailable, WatchfloorError
from core.gate.model import Level
from core.timekeeping import utc_now
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField
from screens.boxes.read import ReadBox
from screens.tones import Tone
from screens.widgets.cells import folded_spans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.desk.attached import AttachedLog, Doings
    from core.desk.model import Incident
    from screens.boxes.form import Fault
    from screens.floor import Floor
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

MOST_SHOWN = 8
"""So many lines of what is to be attached are shown before it is: the last ones."""
HINT = "in UTC: 03:12, 2026-11-27 03:12, -2h, or I-3 for when that was opened"
INDENT = 3
"""So many cells further in what does not fit a line goes on."""


async def attach_own_log(floor: Floor, incident: Incident) -> None:
    """Asks since when, shows what that comes to, and attaches just that."""
    draft = Draft(floor, f"attach:{incident.label}")
    found: list[Doings] = []

    async def read(texts: Mapping[str, str]) -> Doings:
        return await floor.ask(doings_since, floor.person, texts["since"] or incident.label, utc_now())

    async def asked(texts: dict[str, str]) -> Fault | None:
        found.clear()
        try:
            found[:] = [await read(texts)]
        except Unavailable:
            return None  # what is said of that is said once the box is gone, and the draft is kept
        except WatchfloorError as error:
            return "since", str(error)
        return None

    since = FormField(
        "since", f"what {floor.person} did since; empty: since {incident.label} was opened", hint=HINT
    )
    texts = await floor.box(FormBox(f"Attach to {incident.label} what you did", [since], draft, asked))
    if texts is None:
        return
    try:
        done = found[0] if found else await read(texts)
    except WatchfloorError as error:
        floor.say(f"{error}; what you typed is kept as a draft", bad=True)
        return
    lines = [line_of(entry) for entry in done.entries[-MOST_SHOWN:]]
    left = len(done.entries) - len(lines)
    question = Question(
        f"Attach {counted(len(done.entries), 'entry', 'entries')} to {incident.label}",
        [*([f"{counted(left, 'entry', 'entries')} before these:"] if left else []), *lines],
        [incident.label], Level.BOX, "Attach",
    )  # fmt: skip
    if await floor.box(ConfirmBox(question)) is not None:
        said = f"{incident.label}: {counted(len(done.entries), 'entry', 'entries')} attached"
        await floor.command(attach_log, incident.id, done.after, done.upto, done=said, draft=draft)


async def read_attached_logs(floor: Floor, incident: Incident) -> None:
    """Shows the logs that are attached to an incident, as the journal has them."""
    found = await floor.ask(attached_logs, incident.id)
    if not found:
        floor.say(f"no log is attached to {incident.label}")
        return

    def lines(width: int, _glyphs: Glyphs) -> list[TextLine]:
        return [part for line in log_lines(found) for part in folded_spans(line, width, INDENT)]

    await floor.box(ReadBox(lines))


def log_lines(found: Sequence[AttachedLog]) -> list[TextLine]:
    """Returns logs as lines, each with who attached it and whether the journal still holds just that."""
    lines: list[TextLine] = []
    for log in found:
        lines += [[], [(f" {log.words}", Tone.STRONG)]]
        if not log.is_as_attached:
            lines.append([(f" {log.trouble}", Tone.CRITICAL)])
        lines += [[(f" {line_of(entry)}", Tone.TEXT)] for entry in log.doings.entries]
    return lines[1:]
