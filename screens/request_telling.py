"""What is said to requesters from wherever requests are shown: an answer, or a macro that answers among other things."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any

from core.catalog.queries import declared_macros
from core.desk.requests import commands
from core.desk.requests.macros import apply_macro, planned, reply_text
from core.desk.requests.queries import one_request
from core.desk.requests.replies import offered
from core.desk.requests.telling import Outgoing, outgoing, tell_filled
from core.errors import WatchfloorError
from core.gate.model import Consent, Level
from core.printable import printable, printable_lines
from core.sentences import LONGEST_NOTE
from core.timekeeping import utc_now
from screens.boxes.draft import Draft
from screens.boxes.pick import Choice, PickBox
from screens.boxes.reply import TEXT, ReplyBox
from screens.request_bulk import do_together, names_of
from screens.saving import Saving, Standing, save, sentence_field, sentence_over
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from core.catalog.desk import Macro
    from core.desk.requests.model import Request
    from core.desk.requests.replies import Reply

MOST_TOLD = 12
"""To so many of several it is said where the answer goes; of the others how many they are."""


class RequestTelling(View):
    """The verbs over `requests()` by which their requesters read something."""

    @abstractmethod
    def requests(self) -> Sequence[Request]:
        """Returns the requests the verbs act on, as they were seen."""

    async def do_request_tell(self) -> None:
        """Answers their requesters; what each of them will read, and where it goes, is shown before it goes."""
        found = list(self.requests())
        if not found:
            return
        try:
            letters, replies = await self.floor.ask(_to_write, found, self.floor.person)
        except WatchfloorError as error:
            self.floor.say(str(error), bad=True)
            letters, replies = [Outgoing(each, each.requester, why_not=error.what) for each in found], ()
        first, many = found[0], len(found) > 1
        draft = Draft(self.floor, f"request.{'tells' if many else 'tell'}:{first.label}")
        asks = f"your answer, to each of {len(found)}" if many else "your answer"
        letter = partial(letters[0].letter, actor=self.floor.person, fills=many)
        box = ReplyBox(f"{names_of(found)} {first.title}", to_lines(letters), asks, draft, letter, replies)
        answer = await self.floor.box(box)
        if answer is None:
            return
        if many:
            await do_together(
                self.floor, found, "request.tell", tell_filled, "answered", answer[TEXT], draft=draft
            )
            return

        async def write(texts: Mapping[str, str], now: Standing[Request]) -> None:
            await self.floor.command(
                commands.tell_requester, first.id, texts[TEXT], now.version,
                done=f"{first.label}: {first.requester_name or first.requester} is told", draft=draft, raises_moved=True,
            )  # fmt: skip

        await self._save(first, draft, asks, write, {TEXT: answer[TEXT]}, lambda _: "")

    async def do_request_macro(self) -> None:
        """Applies a macro of the catalog; what it changes of which, and what is read, is shown before."""
        found = list(self.requests())
        try:
            macros = await self.floor.ask(declared_macros)
        except WatchfloorError as error:
            self.floor.say(str(error), bad=True)
            return
        if not macros:
            self.floor.say("no macro is declared; [[macro]] in the catalog declares one")
            return
        me = self.floor.person
        choices = [Choice(each.id, each.id, _said_of(each, found[0], me)) for each in macros]
        chosen = await self.floor.box(PickBox(f"macro for {names_of(found)}", choices))
        macro = next((each for each in macros if each.id == chosen), None)
        if macro is None:
            return
        first = found[0]
        text = await self.floor.ask(reply_text, macro, first, me) if macro.reply else ""
        more = [(f"{first.label} reads", printable_lines(text))] if text else []
        await do_together(
            self.floor, found, "request.macro", apply_macro, macro.title, macro.id, Consent(Level.BOX),
            changes=partial(_changes, macro, me), more=more,
        )  # fmt: skip

    async def _save(
        self, request: Request, draft: Draft, asks: str, write: Callable[[Mapping[str, str], Standing[Request]], Any],
        mine: Mapping[str, str], text_of: Callable[[Request], str],
    ) -> None:  # fmt: skip
        """Saves over the request as it was seen; where somebody changed it meanwhile, both are shown and asked."""

        async def read() -> Standing[Request]:
            now = await self.floor.ask(one_request, request.id)
            return sentence_over(now, text_of(now))

        field = sentence_field(asks, LONGEST_NOTE)
        saving = Saving(commands.subject(request.id), field, draft, read, write)
        await save(self.floor, saving, sentence_over(request, text_of(request)), mine)


def _to_write(
    connection: Connection, found: Sequence[Request], person: str
) -> tuple[list[Outgoing], tuple[Reply, ...]]:
    return outgoing(connection, found[:MOST_TOLD], utc_now(), by=person) + [
        Outgoing(each, each.requester) for each in found[MOST_TOLD:]
    ], offered(connection, found, person)


def to_lines(letters: Sequence[Outgoing]) -> str:
    """Returns to whom an answer goes, from which address, and into which thread; of several a line for all."""
    one = letters[0]
    if len(letters) == 1:
        name = (
            f"{one.request.requester_name} <{one.recipient}>" if one.request.requester_name else one.recipient
        )
        if one.why_not:
            return f"to: {name}"
        thread = "answers their last mail" if one.answers else "begins their thread"
        besides = f"   also: {', '.join(one.also)}" if one.also else ""
        return f"to: {name}   from: {one.sender}   {thread}{besides}"
    to = ", ".join(dict.fromkeys(each.recipient for each in letters[:MOST_TOLD]))
    more = f" and {len(letters) - MOST_TOLD} more" if len(letters) > MOST_TOLD else ""
    silent = [each.request.label for each in letters if each.why_not]
    without = f"   no mail for {', '.join(silent)}" if silent else ""
    others = sum(len(each.also) for each in letters)
    besides = f"   and {others} who watch or have the same" if others else ""
    return f"to: {to}{more}{besides}{without}"


def _changes(macro: Macro, me: str, request: Request) -> str:
    return ", ".join(planned(macro, request, me)) or "as it is"


def _said_of(macro: Macro, request: Request, me: str) -> str:
    return printable(f"{macro.title}: {_changes(macro, me, request)}", 120)
