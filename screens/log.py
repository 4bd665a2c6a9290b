"""Log: the journal, live, with its filter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from core.journal.log_filter import LogFilter, parse_log_filter
from core.journal.model import Entry
from core.journal.queries import page
from core.journal.wording import label, sentence
from core.printable import printable
from core.redaction.places import SUBJECTS
from core.timekeeping import utc_now
from screens.list_view import ListView
from screens.log_lines import entry_whole, heading
from screens.log_troubles import tells_of_trouble
from screens.reading import Reading
from screens.tones import Tone
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from screens.moment import Moment
    from screens.picture import Patch, Picture
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

PAGE = 500
MOST = 5000

COLUMNS: tuple[Column[Entry], ...] = (
    Column("id", "NUMBER", width=8, priority=4, align="right", sort=lambda e: -e.seq),
    Column("at", "AT", width=15, priority=9),
    Column("actor", "WHO", width=10, priority=8),
    Column("what", "WHAT", share=5, min_width=40, priority=10),
    Column("kind", "KIND", width=22, priority=2),
)
NONE_PASSES = "No entry there ever was passes the filter."
NOT_READ_YET = "Reading …"
_VIEWS = {
    "incident": "incident", "run": "run", "component": "component", "action": "actions", "problem": "problems",
}  # fmt: skip


class Log(Reading[list[Entry]], ListView[Entry]):
    """The newest entries first; older ones come as the cursor nears the end."""

    view_id: ClassVar[str] = "log"
    has_then = True
    empty_then = "The journal had not begun then."
    sorted_at_first = "id"
    empty_text = "The journal is empty."
    is_whole_at_first = False
    no_problem_text = "no entry shown here tells of trouble"

    def __init__(self) -> None:
        super().__init__()
        self._entries: dict[str, Entry] = {}
        self._wanted = LogFilter()
        self._is_whole = False

    def columns(self) -> Sequence[Column[Entry]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Entry, now: datetime) -> Mapping[str, Cell]:
        """Returns an entry's cells."""
        at = f"{item.at:%H:%M:%S}Z" if item.at.date() == now.date() else f"{item.at:%d %b %H:%M:%S}"
        return {
            "id": ((str(item.seq), Tone.MUTED),),
            "at": ((at, Tone.MUTED),),
            "actor": ((item.actor, Tone.ACCENT),),
            "what": ((sentence(item), Tone.WARNING if tells_of_trouble(item) else Tone.TEXT),),
            "kind": ((item.kind, Tone.MUTED),),
        }

    def items_of(self, picture: Picture) -> Mapping[str, Entry]:
        """Returns the entries held."""
        if not self._entries:
            self._take([e for e in picture.entries if self._wanted.lets_through(e)])
        return self._entries

    def changed_in(self, patch: Patch) -> Mapping[str, Entry]:  # noqa: ARG002
        """Returns nothing: entries come as entries."""
        return {}

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Adds what happened."""
        super().take_patch(patch, entries)
        if self.is_then:
            return
        fresh = [e for e in entries if self._wanted.lets_through(e)]
        if self._is_loaded and fresh:
            put_away = self._take(fresh) - self.grid.ids_in_view()
            self.grid.patch({_key(e): e for e in fresh}, put_away)

    def _take(self, entries: Sequence[Entry]) -> set[str]:
        """Holds these too; returns the keys of the oldest, which are held no longer."""
        self._entries.update((_key(e), e) for e in entries)
        too_many = set(sorted(self._entries)[: max(0, len(self._entries) - MOST)])
        for key in too_many:
            del self._entries[key]
        return too_many

    def shown(self, argument: str) -> None:
        """Shows the list; the newest page is read the first time."""
        first = not self._is_loaded
        super().shown(argument)
        if first and not self._filter:  # a filter that was there when it was left is being read already
            self.read_asked(self._read_and_take, "reading")

    async def read(self, then: Moment | None) -> list[Entry]:
        """Returns the newest page that passes the filter; of a moment, the newest up to it."""
        before = then.seq + 1 if then else None
        return await self.floor.ask(page, before=before, limit=PAGE, wanted=self._wanted)

    async def prepare(self, then: Moment) -> None:
        """Reads what it will show of a moment; again where another filter was asked for meanwhile."""
        wanted = None
        while wanted is not self._wanted:
            wanted = self._wanted
            await super().prepare(then)

    async def _read_and_take(self) -> None:
        """Reads the newest page and shows it, above the older ones that are held where they are its continuation."""
        then = self.then
        found = await self.read(then)
        if not self.is_still(then):
            return
        held = sorted(self._entries.values(), key=_key)
        if found and held and held[-1].seq >= found[-1].seq:
            found += [e for e in reversed(held) if e.seq < found[-1].seq]
        self.take(found)

    def take(self, read: list[Entry] | None) -> None:
        """Shows the newest entries."""
        self._entries, self._is_whole = {}, read is not None and len(read) < PAGE
        self._take(read or [])
        if self._is_loaded and read is not None:
            nothing = self.empty_then if self.is_then else self.empty_text
            self.grid.empty_text = NONE_PASSES if self._filter else nothing
            self.grid.replace(self._entries)
            self.mark_waiting(is_all=True)
            self.summary.show()

    def is_problem(self, item: Entry) -> bool:
        """Tells whether it is an entry that tells of trouble."""
        return tells_of_trouble(item)

    def do_problem_next(self) -> None:
        """Goes to the next older trouble; reads on where none of those read is older."""
        if self._must_read_on():
            self.work_beside(self._look_further_back, "reading")
        else:
            super().do_problem_next()

    async def _look_further_back(self) -> None:
        while self._must_read_on():
            self.floor.say("looking further back …")
            await self._fetch(self._oldest)
            self.grid.merge_held()
        self.floor.say("")
        super().do_problem_next()

    def _must_read_on(self) -> bool:
        return self._is_newest_first and self._can_read_on and not self._is_trouble_below()

    @property
    def _is_newest_first(self) -> bool:
        return self.grid.sorted_by == "id" and not self.grid.is_reversed

    def _is_trouble_below(self) -> bool:
        model = self.grid.model
        below = model.rows[model.cursor_place + 1 :]
        return any(tells_of_trouble(model.item(id_)) for id_ in below)

    @property
    def _oldest(self) -> int | None:
        return min((e.seq for e in self._entries.values()), default=None)

    @property
    def _can_read_on(self) -> bool:
        return bool(self._entries) and not self._is_whole and len(self._entries) < MOST

    def words_of(self, item: Entry) -> str:
        """Not used: the log filters in the database."""
        return sentence(item)

    def set_filter(self, text: str) -> None:
        """Filters what is at hand at once, so that nothing else is marked, and then every entry there ever was, in the database."""
        self._filter = text
        self._wanted = parse_log_filter(text)
        self._entries = {key: e for key, e in self._entries.items() if self._wanted.lets_through(e)}
        self._is_whole = False
        self.grid.empty_text = NOT_READ_YET
        if self._is_loaded:
            self.grid.replace(self._entries)
        self.summary.show()
        self.keep_left()
        self.read_asked(self._read_and_take, "reading")

    async def _fetch(self, before: int | None) -> None:
        """Reads the page of older entries below a number."""
        wanted, then = self._wanted, self.then
        found = await self.floor.ask(page, before=before, limit=PAGE, wanted=wanted)
        if wanted is not self._wanted or not self.is_still(then):
            return  # something else was asked for meanwhile, and is being read
        self._is_whole = len(found) < PAGE
        self._take(found)
        self.grid.load(dict(self._entries))

    def on_grid_cursor_moved(self, message: Any) -> None:
        """Reads older entries as the cursor nears the end."""
        super().on_grid_cursor_moved(message)
        rows = self.grid.model.rows
        near_end = self.grid.model.cursor_place > len(rows) - 2 * max(self.grid.page_height, 1)
        if near_end and rows and self._can_read_on:
            self.work_beside(partial(self._fetch, self._oldest), "reading")

    def on_grid_opened(self, message: Any) -> None:
        """Opens what the entry is about."""
        entry = self._entries.get(message.id)
        if entry is not None and entry.subject.kind in _VIEWS:
            self.floor.go_to(_VIEWS[entry.subject.kind], label(*entry.subject))

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb cannot be done on what the entry under the cursor is about."""
        if action_id == "entry.redact":
            entry = self._entries.get(self.grid.cursor_id or "")
            if entry is None:
                return "there is no entry under the cursor"
            if entry.subject.kind not in SUBJECTS:
                return f"nobody types texts into {label(*entry.subject)}"
        return super().why_not(action_id)

    async def do_entry_redact(self) -> None:
        """Takes a text out of what the entry is about."""
        from screens.redacting import redact_text

        entry = self._entries.get(self.grid.cursor_id or "")
        if entry is not None:
            await redact_text(self.floor, entry.subject)

    def do_follow(self) -> None:
        """Goes to the newest entry."""
        self.grid.merge_held()
        self.grid.action_first()

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns what is shown."""
        upto = " up to then" if self.is_then else ""
        words = (
            f"entries{upto} with {printable(self._filter)}"
            if self._filter
            else f"every entry{upto}, newest first"
        )
        return [
            (f" {words}", Tone.TEXT),
            ("   / kind: actor: via: subject: or words; ! inverts", Tone.MUTED),
        ]

    def detail_of(self, item: Entry, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns an entry whole."""
        return entry_whole(item, self.now_of(utc_now()))

    def heading_of(self, item: Entry) -> str:
        """Returns what happened to what."""
        return heading(item)

    def subject_ids(self) -> tuple[str, ...]:
        """Returns the numbers of the entries."""
        return tuple(key.lstrip("0") for key in self.grid.subjects)


def _key(entry: Entry) -> str:
    return f"{entry.seq:012}"
