"""What is sent to people: what somebody must decide about, what waits, and what went out last."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from core.desk.messages import outbox
from core.desk.messages.model import TO_DECIDE, Message, MessageState
from core.desk.messages.queries import listed_messages
from core.gate.model import VERBS
from core.journal.wording import label
from core.printable import printable, printable_lines
from core.timekeeping import age, utc_now
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.list_view import ListView
from screens.reading import Reading
from screens.tones import Tone, tally
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from core.journal.model import Entry
    from screens.boxes.confirm import Confirmed
    from screens.moment import Moment
    from screens.picture import Patch, Picture
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

_ORDER = {
    MessageState.UNDELIVERED: 0, MessageState.UNKNOWN: 1, MessageState.WAITING: 2, MessageState.SENT: 3,
    MessageState.CANCELLED: 4,
}  # fmt: skip
_TONES = {
    MessageState.UNDELIVERED: Tone.CRITICAL, MessageState.UNKNOWN: Tone.WARNING, MessageState.WAITING: Tone.TEXT,
    MessageState.SENT: Tone.OK, MessageState.CANCELLED: Tone.MUTED,
}  # fmt: skip
_POSSIBLE = {
    "message.retry": frozenset(TO_DECIDE),
    "message.drop": frozenset({MessageState.WAITING, *TO_DECIDE}),
}
_MOST_TRIES_SHOWN = 9

COLUMNS: tuple[Column[Message], ...] = (
    Column("id", "ID", width=6, priority=10, sort=lambda m: -m.id),
    Column("state", "STATE", width=12, priority=9, sort=lambda m: (_ORDER[m.state], -m.id)),
    Column("age", "AGE", width=5, priority=8, sort=lambda m: (m.created_at, m.id)),
    Column("about", "ABOUT", width=6, priority=7),
    Column("to", "TO", share=2, min_width=14, priority=6, sort=lambda m: m.recipient),
    Column("title", "TITLE", share=3, min_width=14, priority=4),
    Column("trouble", "TROUBLE", share=3, min_width=12, priority=5),
)


class Messages(Reading["Mapping[str, Message]"], ListView[Message]):
    """What a person must decide about first, then what waits, then what was sent last."""

    view_id: ClassVar[str] = "messages"
    sorted_at_first = "state"
    empty_text = "Nothing was sent to anybody yet."
    is_whole_at_first = False

    def __init__(self) -> None:
        super().__init__()
        self._items: Mapping[str, Message] = {}

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("Messages",)

    def columns(self) -> Sequence[Column[Message]]:
        """Returns the columns."""
        return COLUMNS

    # What it reads

    def shown(self, argument: str) -> None:
        """Gives the keys to the list, and reads it."""
        super().shown(argument)
        self.read_asked(self._read_and_take, "reading")

    async def read(self, then: Moment | None) -> Mapping[str, Message]:  # noqa: ARG002  (it has no past to show)
        """Returns the messages by what people call them."""
        return {each.label: each for each in await self.floor.ask(listed_messages)}

    def take(self, read: Mapping[str, Message] | None) -> None:
        """Shows them."""
        if read is None:
            return
        self._items = read
        self.grid.load(read)
        self._show_detail()
        self.summary.show()
        self.floor.footer_changed()

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Reads anew where something became of a message."""
        if self._is_loaded and (patch.whole or any(".message_" in entry.kind for entry in entries)):
            self.read_soon()

    def items_of(self, picture: Picture) -> Mapping[str, Message]:  # noqa: ARG002  (the picture holds none)
        """Returns what was read."""
        return self._items

    def changed_in(self, patch: Patch) -> Mapping[str, Message]:  # noqa: ARG002
        """Returns nothing: a patch holds no messages."""
        return {}

    def words_of(self, item: Message) -> str:
        """Returns what the filter looks in."""
        return f"{item.label} state:{item.state} {label(*item.about)} {item.purpose} {item.recipient} {item.title} {item.trouble}"

    # How it looks

    def cells(self, item: Message, now: datetime) -> Mapping[str, Cell]:
        """Returns a message's cells."""
        return {
            "id": ((item.label, Tone.ACCENT),),
            "state": ((_standing(item), _TONES[item.state]),),
            "age": age((now - item.created_at).total_seconds()),
            "about": label(*item.about),
            "to": printable(item.recipient),
            "title": printable(item.title),
            "trouble": ((printable(item.trouble) or "-", Tone.WARNING if item.trouble else Tone.MUTED),),
        }

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns how many wait, for how long, and about how many somebody must decide."""
        found = self.picture.vital.outbox
        oldest = (
            f", the oldest for {age((utc_now() - found.oldest_at).total_seconds())}"
            if found.oldest_at is not None
            else ""
        )
        late = found.late_s(utc_now()) is not None
        return [
            (f" {found.waiting} waiting{oldest}", Tone.CRITICAL if late else Tone.TEXT),
            tally(found.undelivered, "undelivered", Tone.CRITICAL), tally(found.unknown, "not known", Tone.WARNING),
        ]  # fmt: skip

    def detail_of(self, item: Message, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns what it says, to whom, and where it stands."""
        rows = [
            ("state", item.standing), ("trouble", printable(item.trouble, 500)), ("to", printable(item.recipient)),
            ("about", f"{label(*item.about)}, {item.purpose}"), ("queued", f"{item.created_at:%Y-%m-%d %H:%M:%S}Z"),
            ("next try", f"{item.next_at:%Y-%m-%d %H:%M:%S}Z" if item.next_at else ""),
            ("sent", f"{item.sent_at:%Y-%m-%d %H:%M:%S}Z" if item.sent_at else ""), ("title", printable(item.title)),
        ]  # fmt: skip
        lines: list[TextLine] = [
            [(f" {name:<9}", Tone.MUTED), (text, Tone.TEXT)] for name, text in rows if text
        ]
        return lines + [[(f" {line}", Tone.TEXT)] for line in ["", *printable_lines(item.body).split("\n")]]

    def on_grid_opened(self, message: Any) -> None:
        """Opens what it is about."""
        item = self._items.get(message.id)
        if item is not None and item.about.kind in {"request", "incident"}:
            self.floor.go_to(item.about.kind, label(*item.about))

    # What can be done

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on the message under the cursor."""
        item = self.current
        if item is not None and action_id in _POSSIBLE:
            is_in_hand = item.handed_until is not None
            if item.state not in _POSSIBLE[action_id] or is_in_hand:
                return f"{item.label} is {item.standing}"
        return super().why_not(action_id)

    async def do_message_retry(self) -> None:
        """Has it sent again."""
        await self._ask_and_do("message.retry", "Send again", "", lambda _: outbox.retry_message)

    async def do_message_drop(self) -> None:
        """Has it never sent, or not again."""

        def drop(answer: Confirmed) -> Callable[..., Any]:
            return partial(_drop, reason=answer.text)

        await self._ask_and_do("message.drop", "Give up", "why it is not to be sent:", drop)

    async def _ask_and_do(
        self, verb: str, word: str, asks: str, command: Callable[[Confirmed], Callable[..., Any]]
    ) -> None:
        item = self.current
        if item is None:
            return
        lines = [
            ("to", printable(item.recipient)), ("title", printable(item.title)), ("state", item.standing),
            ("trouble", printable(item.trouble, 300) or "-"),
        ]  # fmt: skip
        question = Question(
            f"{word} {item.label}", lines, [item.label], VERBS[verb].level, word, asks_text=asks
        )
        draft = Draft(self.floor, f"{verb}:{item.label}")
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is not None:
            await self.floor.command(
                command(answer),
                item.id,
                answer.consent,
                item.version,
                done=f"{item.label}: {word.lower()}",
                draft=draft,
            )


def _drop(work: Any, number: int, consent: Any, seen: int, *, reason: str) -> Message:
    return outbox.drop_message(work, number, reason, consent, seen)


def _standing(item: Message) -> str:
    """Returns its state in a word or two."""
    if item.state is MessageState.WAITING and item.handed_until is None and item.attempts:
        return f"tried {min(item.attempts, _MOST_TRIES_SHOWN)}{'+' if item.attempts > _MOST_TRIES_SHOWN else ''}x"
    return "not known" if item.state is MessageState.UNKNOWN else item.standing
