"""Requests for access: who asks for which right, for how long and why; decided by another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from core.gate.model import VERBS
from core.security.grants.known_things import check_on
from core.security.grants.sources.known import sources_of
from core.security.requests import commands
from core.security.requests.model import MOST_DAYS, AccessRequest, AskState, Wish
from core.security.requests.queries import access_requests
from core.sentences import LONGEST
from core.timekeeping import age
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_written
from screens.boxes.pick import Choice, PickBox
from screens.grant_rows import thing_cell
from screens.known import known_to
from screens.read_list import ReadList
from screens.tones import Tone, tally
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.model import Entry
    from screens.picture import Patch
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

_S = AskState
_TONES = {
    _S.ASKED: Tone.WARNING, _S.APPROVED: Tone.OK, _S.DECLINED: Tone.MUTED, _S.WITHDRAWN: Tone.MUTED, _S.EXPIRED: Tone.MUTED,
    _S.ENDED: Tone.MUTED,
}  # fmt: skip
_NEEDS = {
    "access.approve": _S.ASKED, "access.decline": _S.ASKED, "access.withdraw": _S.ASKED, "access.end": _S.APPROVED,
}  # fmt: skip
_ORDER = {each: place for place, each in enumerate(AskState)}
COLUMNS: tuple[Column[AccessRequest], ...] = (
    Column("id", "ID", width=7, priority=10, sort=lambda r: -r.id),
    Column("state", "STATE", width=12, priority=9, sort=lambda r: (_ORDER[r.state], -r.id)),
    Column("left", "LEFT", width=5, priority=8),
    Column("who", "WHO", width=10, priority=9),
    Column("right", "RIGHT", share=4, min_width=13, priority=9),
    Column("on", "ON", share=1, min_width=14, priority=8),
    Column("days", "DAYS", width=4, priority=5, align="right"),
    Column("why", "WHY", share=3, min_width=16, priority=7),
    Column("by", "DECIDED BY", width=10, priority=4),
)


def _read(connection: Connection) -> dict[str, AccessRequest]:
    return {each.label: each for each in access_requests(connection, ended=True, limit=300)}


class AccessRequests(ReadList[AccessRequest]):
    """Those first that wait for an answer, then those that hold."""

    view_id: ClassVar[str] = "access-requests"
    hangs_at = 10
    sorted_at_first = "state"
    empty_text = "Nobody has asked for access yet. n asks."
    without_subject = frozenset({"access.ask"})

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("Access requests",)

    def columns(self) -> Sequence[Column[AccessRequest]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: AccessRequest, now: datetime) -> Mapping[str, Cell]:
        """Returns a request's cells."""
        left = "-" if item.next_at is None else age(max((item.next_at - now).total_seconds(), 0.0))
        return {
            "id": ((item.label, Tone.ACCENT),), "state": ((str(item.state), _TONES[item.state]),), "left": left,
            "who": item.wish.person, "right": item.wish.entitlement, "on": thing_cell(item.wish.on), "days": str(item.wish.days),
            "why": item.wish.reason, "by": item.decided_by or "-",
        }  # fmt: skip

    def words_of(self, item: AccessRequest) -> str:
        """Returns the text its filter looks in."""
        return f"{item.label} {item.standing} {item.in_words} {item.asked_by} {item.decided_by} {item.wish.reason}"

    def concerns(self, patch: Patch) -> bool:
        """Tells whether a patch may change it."""
        return bool(patch.whole)

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Reads anew soon where something was told of a request for access."""
        if any(each.subject.kind == "access_request" for each in entries):
            self.read_soon()
        super().take_patch(patch, entries)

    async def read(self) -> dict[str, AccessRequest]:
        """Returns every request."""
        return await self.floor.ask(_read)

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns how many wait, and how many hold."""
        waiting = sum(1 for each in self._rows.values() if each.state is _S.ASKED)
        holding = sum(1 for each in self._rows.values() if each.state is _S.APPROVED)
        strong = Tone.STRONG if waiting else Tone.MUTED
        return [(f" {waiting} wait for an answer", strong), tally(holding, "hold", Tone.OK)]

    def heading_of(self, item: AccessRequest) -> str:
        """Returns number and right."""
        return f"{item.label}  {item.in_words}"

    def detail_of(self, item: AccessRequest, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns all of it."""
        decided = f"{item.decided_by} {item.decided_at:%Y-%m-%d %H:%M}Z" if item.decided_at else ""
        rows = (
            ("state", item.standing), ("asked", f"{item.asked_by} {item.asked_at:%Y-%m-%d %H:%M}Z"), ("why", item.wish.reason),
            ("decided", f"{decided}{f': {item.why}' if item.why else ''}"), ("grant", f"G-{item.grant}" if item.grant else ""),
        )  # fmt: skip
        return [[(f" {name:<9}", Tone.MUTED), (text, Tone.TEXT)] for name, text in rows if text]

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on it now."""
        item, needed = self.current, _NEEDS.get(action_id)
        if item is not None and needed is not None:
            if item.state is not needed:
                return f"{item.label} is {item.standing}"
            is_own = self.floor.person in {item.asked_by, item.wish.person}
            if action_id in {"access.approve", "access.decline"} and is_own:
                return "nobody decides about themselves: another lead does"
            if action_id == "access.withdraw" and item.asked_by != self.floor.person:
                return f"{item.asked_by} asked for it"
        return super().why_not(action_id)

    async def do_access_ask(self) -> None:
        """Asks for access: in which source first, then what, for whom, how long, and why."""
        known = {each.id: each for each in await self.floor.ask(sources_of)}
        if not known:
            self.floor.say("no source is declared: [[access_source]] in the catalog does", bad=True)
            return
        choices = [Choice(each.id, each.id, f"{each.kind}, of {each.about}") for each in known.values()]
        source = await self.floor.box(PickBox("which source has the right", choices))
        if source is None:
            return
        draft = Draft(self.floor, f"access.ask:{source}")
        about = known[source].about
        fields = [
            FormField("entitlement", "which entitlement", check=is_written, longest=commands.ONE_LINE),
            FormField(
                "on",
                "on what",
                about,
                "service:ID, component:ID or host:NAME",
                check=is_written,
                longest=commands.ONE_LINE,
            ),
            FormField(
                "person", "who is to have it", self.floor.person, check=is_written, longest=commands.ONE_LINE
            ),
            FormField("principal", "the account there; empty: the same name", longest=commands.ONE_LINE),
            FormField("days", f"for how many days, today included (at most {MOST_DAYS})", "1", check=_days),
            FormField("text", "why", check=is_written, keeps_lines=True, longest=LONGEST),
        ]
        questions = {
            "on": lambda connection, on: check_on(connection, source, on),
            "person": commands.person_called,
        }
        asks = known_to(self.floor, questions)
        answer = await self.floor.box(FormBox(f"ask for access in {source}", fields, draft, asks))
        if answer is None:
            return
        wish = Wish(
            answer["person"], source, answer["principal"], answer["entitlement"], answer["on"], answer["text"],
            int(answer["days"]),
        )  # fmt: skip
        asked = await self.floor.command(commands.ask_access, wish, draft=draft)
        if asked is not None:
            self.floor.say(f"{asked.label} is asked; a lead answers")
            self.read_anew()

    async def do_access_approve(self) -> None:
        """Grants it until its last day."""
        await self._asked(
            "access.approve", commands.approve_access, "Approve", "why, or under which condition:"
        )

    async def do_access_decline(self) -> None:
        """Declines it."""
        await self._asked("access.decline", commands.decline_access, "Decline", "why it is declined:")

    async def do_access_end(self) -> None:
        """Ends it before its last day."""
        await self._asked("access.end", commands.end_access, "End", "why it ends before its time:")

    async def do_access_withdraw(self) -> None:
        """Takes it back."""
        item = self.current
        if item is not None:
            await self.floor.command(
                commands.withdraw_access, item.id, item.version, done=f"{item.label} is withdrawn"
            )
            self.read_anew()

    async def _asked(self, verb: str, command: Callable[..., Any], word: str, asks: str) -> None:
        item = self.current
        if item is None:
            return
        lines = [
            ("right", item.in_words),
            ("days", str(item.wish.days)),
            ("why", item.wish.reason),
            ("asked by", item.asked_by),
        ]
        question = Question(
            f"{word} {item.label}",
            lines,
            [item.label],
            VERBS[verb].level,
            word,
            asks_text=asks,
            keeps_lines=True,
        )
        draft = Draft(self.floor, f"{verb}:{item.label}")
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is not None:
            await self.floor.command(
                command, item.id, answer.text, answer.consent, item.version, done=f"{item.label}: {word.lower()}", draft=draft
            )  # fmt: skip
            self.read_anew()

    def on_grid_opened(self, message: Any) -> None:
        """Opens the grant that came of it."""
        item = self._rows.get(message.id)
        if item is not None and item.grant is not None:
            self.floor.go_to("access", f"G-{item.grant}")


def _days(text: str) -> str | None:
    return None if text.strip().isdecimal() and 1 <= int(text) <= MOST_DAYS else f"write 1 to {MOST_DAYS}"
