"""What comes after the first frame: the database, the picture of the house, the views, the feed, the agent.

The heavy imports stand in the functions: SQLAlchemy alone would double the time to the first frame.
"""

from __future__ import annotations

import asyncio
import gc
import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import WorkerFailed

from console.attendance import Attendance
from console.commanding import CONNECTS_AGAIN, Commanding
from console.drafts import Drafts
from console.remembered import Remembered
from console.taking_in import steady_s
from console.terminal import Terminal
from console.whose import owner_of
from core.errors import (
    Outdated,
    ShutOut,
    StoreAway,
    StoreRefused,
    StoreUnavailable,
    WatchfloorError,
)
from core.presence.model import BEAT_S
from core.pulse import Pulse
from screens.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from console.agent_host import AgentHost
    from core.presence.model import Present
    from core.store.feed import Feed
    from screens.picture import Patch

AGAIN_S = 2.0
PACE_S = 0.1
"""At most ten looks a second: faster cannot be read, and a storm of changes costs no more than that."""
SETTLED_S = 2.0
"""So long after the start its waste is collected: before, that would come between a person and the first picture."""


def _end_start() -> None:
    """Collects the waste of the start once, then lets it be collected as it comes, but not in what stays for good."""
    gc.collect()
    gc.freeze()
    gc.enable()


class Opening(Commanding):
    """The part of the console that holds the database and what is known from it."""

    current: str
    is_open = False
    asked_view = ""  # what was asked for before it could be shown
    _feed: Feed[Patch] | None = None
    _agent: AgentHost | None = None

    def __init__(self) -> None:
        # Without colour the framework must be told before it makes its filters; else it paints in greys and black.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.drafts = Drafts.beginning()
        self.remembered = Remembered.beginning()
        self.terminal = Terminal(self)
        self.agent_pulse = Pulse()

    async def open(self) -> None:
        """Opens the database, reads the picture, makes the views, follows the feed; tries until it can."""
        from core.store.thread import DatabaseThread

        self._database = await asyncio.to_thread(DatabaseThread, self.setup.database.target)
        while True:
            try:
                await asyncio.wrap_future(self._database.open())
                await self._begin()
                break
            except StoreRefused:
                raise
            except WatchfloorError as error:
                self.trouble = str(error)
                self.judge_freshness()
                _end_start()
                self.query_one("#opening", Lines).show()
                await asyncio.sleep(AGAIN_S)
        self.set_timer(SETTLED_S, _end_start)

    def _handle_exception(self, error: Exception) -> None:
        """Ends with one line for a database that cannot be used at all; of one that can not now, says so and goes on.

        A console that was open when the database was upgraded beyond it stays: what is being written stands in it.

        The framework offers no other place for what escapes a worker: it would print a traceback, and end.
        """
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(cause, StoreRefused) and not (self.is_open and isinstance(cause, (Outdated, ShutOut))):
            self.flush()
            self.exit(cause.exit_code, message=f"watchfloor: {cause}")
        elif isinstance(cause, (StoreUnavailable, Outdated, ShutOut)) and self.is_open:
            self._take_trouble(cause)
            if isinstance(cause, StoreAway):
                self.say_while_away(f"{cause.where}: {cause.what}. {CONNECTS_AGAIN}", once_back="")
            else:
                self.say(str(cause), bad=True)
        else:
            super()._handle_exception(error)

    async def _begin(self) -> None:
        from core.demonstration import is_demonstration
        from core.monitoring.watch import AgentsSight
        from core.store.feed import Feed
        from core.store.lease import LeaseSight
        from screens import picture
        from screens.views import LATE, make_views

        assert self._database is not None
        who = await asyncio.wrap_future(self._database.identity())
        if who:  # a shared database says so itself, whatever the system calls this person
            self.setup = replace(self.setup, author=replace(self.setup.author, actor=who))
        seat = self.setup.author.seat
        origin = await asyncio.wrap_future(self._database.origin())
        if await asyncio.wrap_future(self._database.read(is_demonstration)):
            self.setup = replace(self.setup, is_demo=True)
        person = self.setup.author.actor
        cursor, patch, entries = await asyncio.wrap_future(self._database.read(picture.load, seat, person))
        self._open_files(origin)
        self._known_at = steady_s()
        self.trouble = ""
        self.picture = picture.Picture()
        self.picture.apply(patch)
        self.picture.add_entries(entries)
        self.agents_seen = AgentsSight(LeaseSight(self.agent_pulse))
        self.agents_seen.look(patch.vital.agents)
        self._attend(patch.vital.here)
        self.is_open = True
        self.judge_freshness()
        self.views.update({view.view_id: view for view in make_views()})
        await self.query_one("#opening").remove()
        last = self.views.get(self.remembered.last_view)
        late = LATE[self.remembered.last_view].tab if self.remembered.last_view in LATE else "home"
        # Of a view of one subject only the view is remembered: its list is shown instead.
        self.database_is_back()
        if self.asked_view:
            self.say("")
        self.go_to(self.asked_view or self.setup.first_view or (last.tab_of if last else late))
        self._feed = Feed(
            self._database,
            cursor,
            gather=picture.gatherer(seat, person),
            tell=self._heard_news,
            fail=self._heard_trouble,
            pace_s=PACE_S,
        )
        self._feed.start()
        if self.setup.hosts_agent:
            from console.agent_host import AgentHost

            self._agent = AgentHost(self.setup.database, self.setup.catalog, self.setup.state)
            self.run_worker(self._agent.keep_one_running(self), group="agent", exit_on_error=True)

    def _open_files(self, origin: str) -> None:
        """Opens what is kept of this person in this database: only now it is known who that is, and which one.

        The embedded database's person also finds what was kept under the name alone, by releases that knew no better.
        """
        person = self.setup.author.actor
        owner, former = owner_of(person, origin), "" if self.setup.database.is_shared else person
        self.drafts = Drafts.at(self.setup.state, owner, self._say_of_files, former)
        self.remembered = Remembered.at(self.setup.state, owner, self._say_of_files, former)

    @property
    def picture_age_s(self) -> float | None:
        """Returns for how long nobody has known whether what is shown is still true; None while nothing is shown."""
        return steady_s() - self._known_at if self.is_open else None

    # Who else is here

    def _attend(self, here: Iterable[Present]) -> None:
        """Takes this console's place among those that are here; a wall, at which nobody sits, only looks."""
        author = self._author()
        database = self._database
        assert database is not None
        self.attendance = Attendance(author.seat, partial(database.write, author), self.set_timer)
        self.attendance.look(here)
        if not self.setup.is_wall:
            self.set_interval(BEAT_S, self._beat_if_it_can)

    def _beat_if_it_can(self) -> None:
        if self.attendance is not None and not self.trouble:
            self.attendance.beat()

    @property
    def others(self) -> Sequence[Present]:
        """Returns who else is here."""
        return self.attendance.others if self.attendance is not None else ()

    # What views ask besides

    def refresh_bars(self) -> None:
        """Shows all of the frame's bars anew."""
        self.show_bars("header", "tabs", "message", "footer")

    def start_run(self, run_id: int) -> None:
        """Has a waiting run carried out, in a process of its own."""
        from console.conducting import start_conductor

        start_conductor(self.setup.database, run_id)

    def draft_of(self, place: str) -> Mapping[str, str]:
        """Returns what was typed at a place and not yet used."""
        return self.drafts.of(place)

    def keep_draft(self, place: str, fields: Mapping[str, str]) -> None:
        """Keeps what is typed."""
        self.drafts.keep(place, fields)

    def look_of(self, place: str) -> Mapping[str, str]:
        """Returns how this person last had something."""
        return self.remembered.of(place)

    def keep_look(self, place: str, fields: Mapping[str, str]) -> None:
        """Remembers how this person has something."""
        self.remembered.keep(place, fields)

    def _say_of_files(self, text: str, is_bad: bool) -> None:
        self.call_later_from_thread(lambda: self.say_besides(text, bad=is_bad))

    def flush(self) -> None:
        """Writes what is kept and not yet written."""
        self.drafts.flush()
        self.remembered.flush()

    def close_house(self) -> None:
        """Ends the feed and the database; the agent this console started ends by itself."""
        if self._feed is not None:
            self._feed.stop()
        if self.attendance is not None:
            self.attendance.leave(tells=not self.trouble)
        if self._agent is not None:
            self._agent.end()
        if self._database is not None:
            self._database.close()
        self.drafts.close()
