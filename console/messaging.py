"""The agent's duty of the contact with people: what waits goes out, what comes is taken in, what nobody answered is over.

Of all agents of the home zone one does it, a letter at a time to each account.
A letter is offered first; where the server would take it, that it is handed over now is written down and committed, and
only then is it told. What is known afterwards is written down as long as it takes, while the duty is held.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from console.duty import HeldDuty
from console.mail_reading import source_of
from console.mail_secrets import PASSWORD, REACHED_AT, contact_secret
from console.mail_sending import LetterRefused, LineTrouble, NoAnswer, SmtpLine
from console.staff_sending import tell_staff
from core.catalog.queries import declared_mailboxes, declared_staff
from core.demonstration import is_demonstration
from core.desk.mail.incoming import read_mail
from core.desk.mail.receiving import put_aside, take_in
from core.desk.messages import outbox
from core.desk.messages.model import MAIL, STAFF, MessageState, backoff_s, tag_of
from core.desk.messages.queries import due_messages, letter_of, one_message
from core.errors import NotPossible, StoreUnavailable, WatchfloorError
from core.improvement.surveys.commands import expire
from core.improvement.surveys.queries import due_to_expire
from core.store.lease import LeaseLost
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import Any

    from sqlalchemy import Connection

    from console.connections.place import Place
    from console.mail_reading import Source
    from core.catalog.mail import Mailbox
    from core.desk.mail.incoming import Incoming
    from core.desk.mail.letters import Letter
    from core.desk.messages.model import Message
    from core.store.thread import DatabaseThread
    from core.store.work import Author

T = TypeVar("T")
LOOK_S = 1.0
AT_ONCE = 100
"""So many messages go over one line before another look at what is due."""
BEAT_S, LOST_S = 5.0, 20.0
MAIL_S, IMAP_S = 2.0, 20.0
"""So often a maildir is looked into, and an account on a server."""
EXPIRE_S = 60.0
"""So often it is looked for questions that nobody answered in time."""
RECONCILE_S = 30.0
"""So often what is in hand longer than anybody can have it is looked for; at taking over at once."""
AGAIN_S = 2.0
"""So soon what became of a message is written down again where the database could not be written."""
SECRET_S = 300.0
"""So long a secret that was found, or not, is not asked for again."""
LEAVE_S = 10.0
"""So long the end of the agent waits for what is in hand."""


class _Trouble(NamedTuple):
    """Why an account sends nothing now, how often that was met in a row, and until when it is left alone."""

    why: str
    times: int
    until: float


class Messaging:
    """Sends one database's messages for as long as it runs, where no other agent does."""

    def __init__(
        self,
        database: DatabaseThread,
        author: Author,
        place: Place,
        about: dict[str, Any],
        say: Callable[[str], None],
    ) -> None:
        self._database, self._author, self._place, self._say = database, author, place, say
        self._about = about
        self._duty = HeldDuty(database, author, outbox.DUTY, about, beat_s=BEAT_S, lost_s=LOST_S)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._in_work: set[int] = set()
        self._trouble: dict[str, _Trouble] = {}
        self._secrets: dict[tuple[str, str], tuple[str | None, float]] = {}
        self._lines: set[SmtpLine] = set()
        self._is_ending = False
        self._is_demo: bool | None = None
        self._mail_at = self._expire_at = 0.0
        self._read_at: dict[str, float] = {}

    async def run(self) -> None:
        """Sends until cancelled; what cannot be done now is done later, and said once where the database forbids it.

        Of a demonstration nothing is ever sent, and no mailbox is read: nothing that is said in it ever happened.
        """
        loop = asyncio.get_running_loop()
        said, reconcile_at = "", loop.time()
        while True:
            try:
                if await self._is_of_a_demonstration():
                    self._say("this is a demonstration: no message leaves it, and no mailbox is read")
                    await asyncio.Event().wait()
                if await self._duty.hold() and loop.time() >= reconcile_at:
                    reconcile_at = loop.time() + RECONCILE_S
                    await self._reconcile()
                if self._duty.token is not None:
                    await self._look()
                    await self._look_for_mail()
                    await self._expire_surveys()
                    await self._duty.beat_when_due()
            except LeaseLost:
                self._duty.lost()
                reconcile_at = loop.time()
                self._say("another agent sends the messages now")
            except StoreUnavailable:
                pass  # the agent's other duties say so
            except WatchfloorError as error:  # a role that was taken away ends no watch
                if str(error) != said:
                    said = str(error)
                    self._say(f"sending messages: {said}")
            await asyncio.sleep(LOOK_S)

    async def _is_of_a_demonstration(self) -> bool:
        """Tells whether nothing in the database ever happened; asked once, for it never changes."""
        if self._is_demo is None:
            self._is_demo = await self._ask(is_demonstration)
        return self._is_demo

    async def end(self) -> None:
        """Finishes what is in hand, for a while, and leaves the duty to another agent."""
        self._is_ending = True
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=LEAVE_S)
        for line in list(self._lines):
            line.abort()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._duty.give_up()

    async def _reconcile(self) -> None:
        lost = await self._write(outbox.lose_handed_over, self._duty.token, frozenset(self._in_work))
        if lost:
            self._say(
                f"{lost} messages may have been sent when their sender ended: watchfloor mail lists them"
            )

    async def _look(self) -> None:
        """Gives what is due to the accounts that are free."""
        now = asyncio.get_running_loop().time()
        due = await self._ask(due_messages, utc_now(), but_not=frozenset(self._in_work))
        for account, numbers in due.items():
            trouble = self._trouble.get(account)
            if account in self._tasks or (trouble is not None and trouble.until > now):
                continue
            token, some = self._duty.token, numbers[:AT_ONCE]
            assert token is not None
            self._in_work.update(some)
            self._tasks[account] = task = asyncio.create_task(self._serve(account, some, token))
            task.add_done_callback(partial(self._served, account, some))

    def _served(self, account: str, numbers: list[int], task: asyncio.Task[None]) -> None:
        self._tasks.pop(account, None)
        self._in_work.difference_update(numbers)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, LeaseLost):
            self._duty.lost()
        elif not isinstance(error, StoreUnavailable):
            self._say(f"sending through {account or 'no mailbox'}: {error}")

    # What nobody answered

    async def _expire_surveys(self) -> None:
        """Says of every question to a requester whose time is over that nobody answered it."""
        now = asyncio.get_running_loop().time()
        if now < self._expire_at:
            return
        self._expire_at = now + EXPIRE_S
        for number in await self._ask(due_to_expire, utc_now()):
            await self._write(expire, number)

    # One account at a time

    async def _serve(self, account: str, numbers: list[int], token: int) -> None:
        """Sends what is due through one account, one after the other, over one line."""
        line: SmtpLine | None = None
        try:
            for number in numbers:
                if self._is_ending:
                    return
                message, letter, why = await self._ask(_ready, number)
                if message.state is not MessageState.WAITING or message.handed_until is not None:
                    continue  # somebody decided otherwise meanwhile
                if message.channel == STAFF:
                    url = await self._secret(REACHED_AT, message.recipient)
                    if url is not None:
                        await self._tell_staff(url, message, token)
                        continue
                if letter is None:
                    await self._known(outbox.note_failed, token, number, why, for_good=False)
                    continue
                try:
                    line = await self._line(letter.mailbox, line)
                    await self._send(line, letter, message, token)
                except LineTrouble as error:
                    await self._known(outbox.note_failed, token, number, str(error), for_good=False)
                    self._leave_alone(account, str(error))
                    return
                self._is_well(account)
        finally:
            if line is not None:
                self._lines.discard(line)
                await asyncio.to_thread(line.close)

    async def _line(self, mailbox: str, line: SmtpLine | None) -> SmtpLine:
        """Returns an open line: the one there is, or a new one. Raises LineTrouble."""
        if line is not None and not line.is_ended and line.mailbox.id == mailbox:
            return line
        if line is not None:
            self._lines.discard(line)
            await asyncio.to_thread(line.close)
        box = next(each for each in await self._ask(declared_mailboxes) if each.id == mailbox)
        password = await self._secret(PASSWORD, box.id) if box.user else None
        fresh = SmtpLine(box, password)
        self._lines.add(fresh)
        try:
            await asyncio.to_thread(fresh.open)
        except LineTrouble:
            self._lines.discard(fresh)
            self._secrets.pop((PASSWORD, box.id), None)
            raise
        return fresh

    async def _send(self, line: SmtpLine, letter: Letter, message: Message, token: int) -> None:
        """Sends one letter and writes down what became of it. Raises LineTrouble where it was not sent."""
        try:
            data = letter.as_email(utc_now()).as_bytes()
        except ValueError as error:  # a row that was changed by hand
            why = f"it cannot be written as a mail: {error}"
            await self._known(outbox.note_failed, token, message.id, why, for_good=True)
            return
        try:
            await asyncio.to_thread(line.offer, letter.sender, letter.recipient)
        except LetterRefused as error:
            await self._known(outbox.note_failed, token, message.id, str(error), for_good=error.for_good)
            return
        if not await self._hand_over(token, message.id):
            line.abort()  # what was offered is not told
            return
        try:
            await asyncio.to_thread(line.tell, data)
        except LetterRefused as error:
            await self._known(outbox.note_failed, token, message.id, str(error), for_good=error.for_good)
        except NoAnswer as error:
            await self._known(outbox.note_unknown, token, message.id, str(error))
        else:
            await self._known(outbox.note_sent, token, message.id)

    async def _tell_staff(self, url: str, message: Message, token: int) -> None:
        """Tells one of the staff at the address kept for their name."""
        if not await self._hand_over(token, message.id):
            return
        title = f"{tag_of(message.about, 'watchfloor')} {message.title}"
        try:
            why = await asyncio.to_thread(tell_staff, url, title, message.body)
        except WatchfloorError as error:
            why = str(error)
        if why:
            self._secrets.pop((REACHED_AT, message.recipient), None)
            await self._known(outbox.note_failed, token, message.id, why, for_good=False)
        else:
            await self._known(outbox.note_sent, token, message.id)

    async def _hand_over(self, token: int, number: int) -> bool:
        """Writes down that a message is handed over now. Where that cannot be known, it is not, and that is written down."""
        try:
            return await self._write(outbox.hand_over, token, number)
        except StoreUnavailable:
            await self._known(outbox.take_back, token, number)
            return False

    # What came in

    async def _look_for_mail(self) -> None:
        """Reads the mailboxes whose turn it is, each in a task of its own."""
        now = asyncio.get_running_loop().time()
        if now < self._mail_at:
            return
        self._mail_at = now + MAIL_S
        for box in await self._ask(declared_mailboxes):
            name, token = f"read {box.id}", self._duty.token
            trouble = self._trouble.get(name)
            is_due = self._read_at.get(box.id, 0.0) <= now and (trouble is None or trouble.until <= now)
            if token is None or not (box.maildir or box.imap_host) or name in self._tasks or not is_due:
                continue
            self._read_at[box.id] = now + (MAIL_S if box.maildir else IMAP_S)
            self._tasks[name] = task = asyncio.create_task(self._read(box, token))
            task.add_done_callback(partial(self._served, name, []))

    async def _read(self, box: Mailbox, token: int) -> None:
        """Takes in what came to one mailbox: each mail in a transaction of its own, then marked where it came from."""
        name = f"read {box.id}"
        source: Source | None = None
        try:
            password = await self._secret(PASSWORD, box.id) if box.imap_host else None
            own = [each.address for each in await self._ask(declared_mailboxes)]
            source = await asyncio.to_thread(source_of, box, password)
            while source is not None and (names := await asyncio.to_thread(source.look)):
                for each in names:
                    if self._is_ending:
                        return
                    await self._take(source, each, box, own, token)
            self._is_well(name)
            self._about["read"] = {**self._about.get("read", {}), box.id: f"{utc_now():%Y-%m-%dT%H:%M:%SZ}"}
        except (StoreUnavailable, LeaseLost):
            raise
        except WatchfloorError as error:
            self._secrets.pop((PASSWORD, box.id), None)
            self._leave_alone(name, str(error))
        finally:
            if source is not None:
                await asyncio.to_thread(source.close)

    async def _take(self, source: Source, name: str, box: Mailbox, own: list[str], token: int) -> None:
        """Takes one mail in, and then marks it; what cannot be taken in is put aside, and holds up no other."""
        mail = await asyncio.to_thread(_parsed, source, name, own, box.authority)
        if mail is not None:
            try:
                await self._write(take_in, token, box, mail)
            except (StoreUnavailable, LeaseLost):
                raise
            except WatchfloorError as error:
                self._say(f"a mail to {box.id} was put aside: {error}")
                await self._write(put_aside, token, box, mail, str(error))
        await asyncio.to_thread(source.mark_taken, name)

    # What is known of accounts

    def _leave_alone(self, account: str, why: str) -> None:
        before = self._trouble.get(account)
        times = before.times + 1 if before else 1
        until = asyncio.get_running_loop().time() + backoff_s(times)
        self._trouble[account] = _Trouble(why, times, until)
        if before is None or before.why != why:
            is_read = account.startswith("read ")
            self._say(
                f"{account.removeprefix('read ')} cannot be read: {why}"
                if is_read
                else f"nothing can be sent through {account}: {why}"
            )
        self._tell_trouble()

    def _is_well(self, account: str) -> None:
        if self._trouble.pop(account, None) is not None:
            is_read = account.startswith("read ")
            self._say(
                f"{account.removeprefix('read ')} is read again" if is_read else f"{account} sends again"
            )
            self._tell_trouble()

    def _tell_trouble(self) -> None:
        self._about["trouble"] = {account: trouble.why for account, trouble in self._trouble.items()}
        self._duty.tell_soon()

    async def _secret(self, kind: str, name: str) -> str | None:
        now = asyncio.get_running_loop().time()
        found = self._secrets.get((kind, name))
        if found is None or found[1] <= now:
            secret = await asyncio.to_thread(contact_secret, self._place, kind, name)
            found = self._secrets[kind, name] = (secret, now + SECRET_S)
        return found[0]

    # The database

    async def _ask(self, question: Callable[..., T], *args: Any, **named: Any) -> T:
        return await asyncio.wrap_future(self._database.read(question, *args, **named))

    async def _write(self, command: Callable[..., T], *args: Any, **named: Any) -> T:
        answer = await asyncio.wrap_future(self._database.write(self._author, command, *args, **named))
        self._duty.beaten()
        return answer

    async def _known(self, command: Callable[..., Any], *args: Any, **named: Any) -> None:
        """Writes down what is known of a message, for as long as that takes. Raises LeaseLost."""
        while True:
            with suppress(StoreUnavailable):
                await self._write(command, *args, **named)
                return
            await asyncio.sleep(AGAIN_S)


def _parsed(source: Source, name: str, own: Collection[str], authority: str) -> Incoming | None:
    """Returns a mail as it was understood; None where it has gone from its place."""
    lines = source.open(name)
    return None if lines is None else read_mail(lines, own=own, authority=authority)


def _ready(connection: Connection, number: int) -> tuple[Message, Letter | None, str]:
    """Returns a message, the letter that it becomes, and where there is none, why.

    To one of the staff it goes by mail where the catalog has an address of theirs: the agent knows whether it has a better way.
    """
    message = one_message(connection, number)
    by_mail = message
    if message.channel == STAFF:
        name = message.recipient
        email = next(
            (one.email for one in declared_staff(connection) if name in {one.id, one.login} and one.email), ""
        )
        if not email:
            return (
                message,
                None,
                f"{name} is reached nowhere: `watchfloor mail reach {name}` keeps an address",
            )
        by_mail = replace(message, channel=MAIL, recipient=email)
    try:
        return message, letter_of(connection, by_mail), ""
    except NotPossible as error:
        return message, None, str(error)
