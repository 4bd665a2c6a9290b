"""Corrective actions: the log of what is done so that a deviation does not return."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from core.catalog.queries import declared_causes
from core.errors import WatchfloorError
from core.improvement.model import ActionState, CorrectiveAction, Step, tally_of
from core.improvement.signs import figure_of
from core.improvement.words import parts_of, source_words
from core.timekeeping import utc_now
from screens.action_doing import ActionDoing
from screens.list_view import ListView
from screens.tones import Tone, tally
from screens.widgets.cells import whole_parts
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from core.catalog.improvement import Cause
    from core.improvement.recurring import Figure
    from core.journal.past import Sort
    from screens.picture import Patch, Picture
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

_S = ActionState
_TONES = {
    _S.OPEN: Tone.TEXT, _S.NOT_EFFECTIVE: Tone.CRITICAL, _S.DONE: Tone.ACCENT, _S.CLOSED: Tone.OK, _S.CANCELLED: Tone.MUTED,
}  # fmt: skip
_FIRST = ("missing", "recurs when", "recurred")
"""What stands first of the details: by it the next step is decided, and where there is little room the rest is cut off."""
NO_CATEGORY = "-"
"""What a filter calls the category of a cause that nobody has put into one: `cause:-`."""
RESTS_S = 0.15
"""Who leafs through the list asks nothing of the journal; who rests on a row for so long sees whether the same came back."""

COLUMNS: tuple[Column[CorrectiveAction], ...] = (
    Column("id", "ID", width=6, priority=10, sort=lambda a: -a.id),
    Column(
        "state",
        "STATE",
        width=13,
        priority=9,
        sort=lambda a: (a.state.is_ended, str(a.next_day or "9999"), -a.id),
    ),
    Column("due", "DUE", width=10, priority=8, sort=lambda a: str(a.next_day or "9999")),
    Column("from", "FROM", width=9, priority=5),
    Column("deviation", "DEVIATION", share=3, min_width=16, priority=7),
    Column("cause", "CAUSE", width=13, priority=3, sort=lambda a: a.category or "~"),
    Column("action", "ACTION", share=3, min_width=14, priority=4),
    Column("owner", "OWNER", width=10, priority=6, sort=lambda a: a.owner),
)


def action_words(item: CorrectiveAction) -> str:
    """Returns the text a filter looks in."""
    return (
        f"{item.label} state:{item.state} cause:{item.category or NO_CATEGORY} {item.deviation} {item.cause} {item.action} {item.owner}"
        f" {source_words(item)}"
    )


class _Beside(NamedTuple):
    """What is read beside a row: whether the same came back, and what the categories of causes mean."""

    figure: Figure | None = None
    causes: Mapping[str, Cause] = {}


def _beside(connection: Connection, item: CorrectiveAction) -> _Beside:
    figure = figure_of(connection, item) if item.state is _S.DONE else None
    return _Beside(figure, declared_causes(connection))


def counted_line(actions: Iterable[CorrectiveAction], today: date) -> TextLine:
    """Returns how many are open, late, unverified, and so on, as far as there are any; and the next day on which one is due."""
    counts = tally_of(actions, today)
    grave = (
        (counts.late, "late", Tone.CRITICAL), (counts.unverified, "unverified", Tone.CRITICAL),
        (counts.not_effective, "not effective", Tone.CRITICAL),
    )  # fmt: skip
    more = ((counts.unowned, "without owner", Tone.WARNING), (counts.to_check, "to check", Tone.TEXT))
    return [
        (f" {counts.to_do} open", Tone.TEXT),
        *(tally(*each) for each in grave if each[0]),
        *([(f"   next due {counts.next_due}", Tone.MUTED)] if counts.next_due else []),
        *(tally(*each) for each in more if each[0]),
    ]


class CorrectiveActions(ActionDoing, ListView[CorrectiveAction]):
    """Those not ended first, what is due or to be checked next before all."""

    view_id: ClassVar[str] = "actions"
    sorted_at_first = "state"
    empty_text = "No corrective action yet. C on an incident drafts one, n opens one by hand."
    empty_then = "No corrective action had been opened then."
    without_subject = frozenset({"action.new", "action.causes"})
    has_then = True

    def __init__(self) -> None:
        super().__init__()
        self._asked: tuple[int, int] = (0, 0)
        self._beside = _Beside()

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("Corrective actions",)

    def columns(self) -> Sequence[Column[CorrectiveAction]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: CorrectiveAction, now: datetime) -> Mapping[str, Cell]:
        """Returns an action's cells."""
        return self.cells_of(item, now)

    @staticmethod
    def cells_of(item: CorrectiveAction, now: datetime) -> Mapping[str, Cell]:
        """Returns an action's cells; one past its date, or past that of its check, says so."""
        today = now.date()
        late = item.is_overdue(today) or item.is_unverified(today)
        source = item.source is not None and source_words(item).split(" ")[0]
        return {
            "id": ((item.label, Tone.ACCENT),),
            "state": ((item.standing(today), Tone.CRITICAL if late else _TONES[item.state]),),
            "due": ((str(item.next_day or "-"), Tone.CRITICAL if late else Tone.TEXT),),
            "from": ((source or str(item.origin), Tone.MUTED),),
            "deviation": item.deviation,
            "cause": ((item.category or "-", Tone.TEXT if item.category else Tone.MUTED),),
            "action": item.action,
            "owner": item.owner or "-",
        }

    def changes(self) -> Sequence[Sort]:
        """Returns the entries after which the list looks different."""
        from core.improvement.as_of import CHANGES_ACTIONS

        return CHANGES_ACTIONS

    def items_of(self, picture: Picture) -> Mapping[str, CorrectiveAction]:
        """Returns every action."""
        return picture.actions

    def changed_in(self, patch: Patch) -> Mapping[str, CorrectiveAction]:
        """Returns the actions a patch names."""
        return patch.actions

    def words_of(self, item: CorrectiveAction) -> str:
        """Returns what the filter looks in."""
        return action_words(item)

    def shown(self, argument: str) -> None:
        """Shows the list, or of an argument like `/cause:change` what passes that filter."""
        if argument.startswith("/"):
            super().shown("")
            self.set_filter(argument[1:])
        else:
            super().shown(argument)

    def summary_lines(self, width: int, _glyphs: Glyphs) -> TextLine:
        """Returns how many are open, late, unowned, to be checked."""
        return whole_parts(counted_line(self.picture.actions.values(), self._today()), width)

    def action(self) -> CorrectiveAction | None:
        """Returns the action under the cursor."""
        return self.current

    # What the journal says beside it

    def _show_detail(self) -> None:
        super()._show_detail()
        item = self.current
        if item is None or self.is_then or self._asked == (item.id, item.version):
            return
        if item.category or item.state is _S.DONE:
            self.work_beside(self._read_beside, "beside")

    async def _read_beside(self) -> None:
        await asyncio.sleep(RESTS_S)
        item = self.current
        if item is None:
            return
        try:
            self._beside = await self.floor.ask(_beside, item)
        except WatchfloorError:
            return  # what is at hand in the list stays shown; the header says what is wrong
        self._asked = (item.id, item.version)
        self.detail.show()

    def take_patch(self, patch: Patch, entries: Sequence[object]) -> None:
        """Takes in what changed; what the journal said may be otherwise after what was told of incidents."""
        if patch.incidents or patch.whole:
            self._asked = (0, 0)
        super().take_patch(patch, entries)  # type: ignore[arg-type]

    def detail_of(self, item: CorrectiveAction, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns every part that is written, and what the journal says."""
        is_read = self._asked == (item.id, item.version) and not self.is_then
        beside = self._beside if is_read else _Beside(causes=self._beside.causes)
        figure = beside.figure
        tones = {"missing": Tone.WARNING, "recurred": Tone.CRITICAL if figure and figure.times else Tone.OK}
        lines: list[TextLine] = []
        parts = parts_of(item, self._today(), figure, beside.causes)[1:]
        for name, text in sorted(parts, key=lambda part: part[0] not in _FIRST):
            first, *more = text.split("\n")
            words = "to be written before it can be closed" if name == "missing" else name
            lines.append([(f" {words:<12} ", Tone.MUTED), (first, tones.get(name, Tone.TEXT))])
            lines += [[(f" {'':<12} ", Tone.MUTED), (line, Tone.TEXT)] for line in more]
        waits = (
            [[(f" {'waits for':<12} ", Tone.MUTED), (str(item.next_step), Tone.ACCENT)]]
            if item.next_step is not Step.NOTHING
            else []
        )
        return [*waits, *lines]

    def _today(self) -> date:
        return self.now_of(utc_now()).date()
