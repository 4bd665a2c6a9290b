"""What the feed brings is taken into the picture and the views; held while paused; all is read anew where that must be."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from console.above import Above
from core.errors import Outdated, ShutOut, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.attendance import Attendance
    from console.setup import Setup
    from console.unsettled import Unsettled
    from core.errors import WatchfloorError
    from core.monitoring.watch import AgentsSight
    from core.store.feed import News
    from core.store.thread import DatabaseThread
    from screens.moment import Moment
    from screens.picture import Patch, Picture
    from screens.view import View

MOST_HELD = 2_000
"""So many entries are held while it is paused; after more, all is read anew instead, which takes less time and room."""


class Anew(NamedTuple):
    """Why all must be read anew, as it is said once it was; empty where nothing is."""

    words: str
    is_bad: bool = False


RESTORED = Anew("the database was restored or replaced: everything was read anew", is_bad=True)
REDACTED = Anew("a text was taken out of the journal: everything was read anew")
HELD_TOO_MUCH = Anew("")


def steady_s() -> float:
    """Returns the seconds of a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class TakingIn(Above):
    """The part of the console that hears of what happens."""

    setup: Setup
    views: dict[str, View]
    picture: Picture
    trouble = ""
    outdated = ""  # what is said for good once the database was upgraded beyond this program
    shut_out = ""  # what is said for as long as this person has no role in the database
    held_while_paused: int | None = None
    then: Moment | None = None
    then_news = 0  # entries that came while a moment of the past is shown
    attendance: Attendance | None = None
    agents_seen: AgentsSight | None = None
    _database: DatabaseThread | None = None
    _unsettled: Unsettled | None = None
    _known_at = 0.0  # when the database was last read, by the steady clock
    _held_news: list[News[Patch]]
    _held_too_much = False
    _beat: News[Patch] | None = None
    _anew: Anew | None = None  # it stays until all was read anew, however often that fails
    _reads_anew = False

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self._held_news = []

    # The feed, heard on the database thread

    def _heard_news(self, news: News[Patch]) -> None:
        """Hands news on. A mere beat, where nothing is stale, waits for the next tick: it wakes nobody of its own."""
        is_more = news.gathered.moved or news.gathered.queue is not None
        if news.entries or news.rebuild or is_more or self.trouble or self.is_stale:
            self.call_later_from_thread(self.take_news, news)
        else:
            self._beat = news

    def take_beat(self) -> None:
        """Takes in the beat that waits, if any."""
        if self._beat is not None:
            self.take_news(self._beat)

    def _heard_trouble(self, error: WatchfloorError) -> None:
        self.call_later_from_thread(self._take_trouble, error)

    def call_later_from_thread(self, callback: Callable[..., Any], *args: Any) -> None:
        """Has something done on the event loop, without waiting for it; nothing once the console has ended."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(lambda: self.call_later(callback, *args))

    def _take_trouble(self, error: WatchfloorError) -> None:
        self.trouble = error.what
        self.outdated = str(error) if isinstance(error, Outdated) else ""
        self.shut_out = str(error) if isinstance(error, ShutOut) else ""
        self.judge_freshness()

    # On the event loop

    def take_news(self, news: News[Patch]) -> None:
        """Takes in what happened; while paused it is held, and counted."""
        self._beat = None  # it is these news, or older
        self._known_at = steady_s()
        if self.agents_seen is not None:
            self.agents_seen.look(news.gathered.vital.agents)
        if self.attendance is not None and self.attendance.look(news.gathered.vital.here):
            self.others_changed()
        if news.rebuild and self._database is not None:
            self._read_anew(REDACTED if news.is_redacted else RESTORED)
            return
        if self.trouble:
            self.trouble = self.outdated = self.shut_out = ""
            self.judge_freshness()
            self.database_is_back()
        if self._anew is not None:
            self._read_anew(self._anew)
        if self._unsettled is not None:
            self.run_worker(self.settle(), group="settling", exclusive=True)
        if self.then is not None and news.entries:
            self.then_news += len(news.entries)
            self.show_bars("header")
        if self.held_while_paused is not None:
            if news.entries or news.gathered.queue is not None:
                self._hold(news, self.held_while_paused + len(news.entries))
                self.show_bars("header", "tabs", "message", "footer")
            self.picture.vital = news.gathered.vital
            self.judge_freshness()
            return
        self.picture.apply(news.gathered)
        if news.entries:
            self.picture.add_entries(news.entries)
        if news.entries or news.gathered.queue is not None:
            for view in self.views.values():
                view.take_patch(news.gathered, news.entries)
            self.show_bars("tabs", "message")
        self.judge_freshness()

    def _hold(self, news: News[Patch], entries: int) -> None:
        self.held_while_paused = entries
        if entries > MOST_HELD or len(self._held_news) == MOST_HELD:
            self._held_too_much = True
        if self._held_too_much:
            self._held_news.clear()
        else:
            self._held_news.append(news)

    def resume_news(self) -> None:
        """Goes on after a pause: takes in what was held, or reads all anew where that was too much."""
        held, self._held_news, self.held_while_paused = self._held_news, [], None
        if self._held_too_much:
            self._held_too_much = False
            self._read_anew(HELD_TOO_MUCH)
        for news in held:
            self.take_news(news)
        self.show_bars("header", "tabs", "message", "footer")

    def _read_anew(self, why: Anew) -> None:
        """Has all read anew; where that fails, again with the next news, for the feed brings none of it twice."""
        if self._anew is None or why.words:
            self._anew = why
        if not self._reads_anew:
            self._reads_anew = True
            work: Any = self._rebuild
            self.run_worker(work, group="rebuild")

    async def _rebuild(self) -> None:
        """Reads all anew: the journal is not the one read before, a text was taken out of it, or more came than is held."""
        try:
            while self._anew is not None:
                why = self._anew
                await self._rebuild_once()
                if self._anew is why:
                    self._anew = None
                    if why.words:
                        self.say(why.words, bad=why.is_bad)
        except StoreUnavailable as error:
            self._take_trouble(error)
        finally:
            self._reads_anew = False

    async def _rebuild_once(self) -> None:
        from screens import picture

        assert self._database is not None
        _, patch, entries = await asyncio.wrap_future(
            self._database.read(picture.load, self.setup.author.seat, self.setup.author.actor)
        )
        self.picture.apply(patch)
        self.picture.entries = list(entries)
        if self.then is not None:
            self.leave_then()
        self._held_news.clear()
        self._held_too_much = False
        if self.held_while_paused is not None:
            self.held_while_paused = 0
        for view in self.views.values():
            view.take_patch(patch, entries)
            view.forget()
