"""The agent's duty of reading logs, and the journal itself, for signs of a breach. One agent reads the logs of its zone."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from console.duty import LookingDuty
from console.log_followers import Follower
from core.catalog.queries import declared_log_sources, declared_sigma_rules
from core.errors import BadInput, WatchfloorError
from core.monitoring.probes.blocking import in_thread
from core.security.signals import own
from core.security.signals.following import FollowedLog, of_zone, origin_of
from core.security.signals.readers import kept_of, readers
from core.security.signals.rules import SILENT
from core.security.signals.sigma import compile_rule
from core.security.signals.taking_in import DUTY, note_read, note_silent, note_trouble, raised_by, take_in
from core.security.signals.together import Together
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from core.catalog.logs import SigmaText
    from core.security.signals.readers import Reader
    from core.security.signals.sigma import SigmaRule
    from core.store.thread import DatabaseThread
    from core.store.work import Author

DECLARED_S = 2.0
"""So often it is asked which logs are declared."""
SILENT_S = 10.0
"""So often it is looked which logs have fallen silent."""
AT_ONCE = 16
"""So many parts of one log are read before the others are looked at."""
OWN_EVERY = 5000
"""So many entries of the journal that raised nothing are looked through again at most after a restart."""


class LogReading(LookingDuty):
    """Reads a zone's logs for as long as it runs, where no other agent does; at home the journal, too."""

    duty, doing, elsewhere = DUTY, "reading logs", "another agent reads the logs now"
    look_s, pause_s = 0.5, 0.01

    def __init__(
        self,
        database: DatabaseThread,
        author: Author,
        about: dict[str, Any],
        say: Callable[[str], None],
        zone: str = "",
    ) -> None:
        super().__init__(database, author, about, say, zone)
        self._zone = zone
        self._seen_silent: dict[str, object] = {}
        self._told_silent: dict[str, object] = {}
        self._sigma_texts: list[SigmaText] = []
        self._sigma: list[SigmaRule] = []
        self._is_sigma_new = False
        self._followers: dict[str, Follower] = {}
        self.forget()

    def forget(self) -> None:
        """Leaves all that is known of logs: how far they were read is what the database says."""
        for follower in self._followers.values():
            follower.end()
        self._followers.clear()
        self._together = Together()
        self._own = Follower(own.SOURCE)
        self._declared_at = self._silent_at = float("-inf")
        self._journal: tuple[int, int] | None = None  # the step, and up to which entry
        self._kept_upto = 0

    async def end(self) -> None:
        """Leaves the duty to another agent."""
        self.forget()
        await super().end()

    async def look(self) -> None:
        """Reads what is new. What cannot be kept is read again, from what the database holds."""
        try:
            await self._look()
        except WatchfloorError:
            self.forget()
            raise

    async def _look(self) -> None:
        if time.monotonic() - self._declared_at >= DECLARED_S:
            await self._take_declared()
        if not self._zone:  # first: from where on it is looked through is noted before anything is raised
            await self._read_each({self._own.name: self._own}, None)
        await self._read_each(self._followers, self.look_s)
        if self.is_beat_due:
            at_home = [] if self._zone else [own.SOURCE]
            await self.write(note_read, self._held.name, [*self._followers, *at_home])
        if time.monotonic() - self._silent_at >= SILENT_S:
            self._silent_at = time.monotonic()
            await self._note_silent()

    async def _read_each(self, followers: Mapping[str, Follower], patience_s: float | None) -> None:
        """Has each be looked at by itself; a look that takes longer than `patience_s` goes on beside the next ones."""
        for each in followers.values():
            if each.is_due:
                each.begin(self._read(each) if each.source is not None else self._read_journal())
        running = [each.task for each in followers.values() if each.task is not None]
        if running:
            await asyncio.wait(running, timeout=patience_s)
        for each in list(followers.values()):
            trouble = each.outcome()
            if trouble is not None:
                self._say(f"{each.name}: {trouble.at_length}")
                await self.write(note_trouble, self._held.name, each.name, each.path, trouble.line)

    async def _take_declared(self) -> None:
        wanted = of_zone(list((await self.ask(declared_log_sources)).values()), self._zone)
        await self._take_sigma()
        self._declared_at = time.monotonic()
        for name in self._followers.keys() - wanted.keys():
            self._followers.pop(name).end()
            self._together.drop(name)
        for name, source in wanted.items():
            held = self._followers.get(name)
            if held is None:
                self._followers[name] = Follower(name, source)
            elif held.source != source or self._is_sigma_new:
                held.source, held.is_revised = source, True

    async def _take_sigma(self) -> None:
        """Compiles the Sigma rules where they are others than before; one that cannot be held against a line here is said, once."""
        texts = await self.ask(declared_sigma_rules)
        self._is_sigma_new = texts != self._sigma_texts
        if not self._is_sigma_new:
            return
        self._sigma_texts, self._sigma = texts, []
        for text in texts:
            try:
                self._sigma.append(await asyncio.to_thread(compile_rule, text))
            except BadInput as error:
                self._say(f"a Sigma rule is left out: {error}")

    async def _read(self, follower: Follower) -> None:
        source = follower.source
        assert source is not None
        log = follower.log
        if log is None:
            kept = await self.ask(kept_of, source.id)
            log = follower.log = FollowedLog(source, kept, self._sigma, self._together)
        elif follower.is_revised:
            log.revised(source, self._sigma)
        follower.is_revised = False
        if follower.told:
            log.say_anew()
        for _ in range(AT_ONCE):
            part = await in_thread(partial(log.look, utc_now()))
            follower.moved()
            if part is None:
                return
            log.kept_as(await self.write(take_in, self._held.name, log.origin, part.raised, part.step))
            if not part.left:
                return
            await asyncio.sleep(self.pause_s)

    async def _read_journal(self) -> None:
        """Looks through the entries behind the last one that was; the first time only from now on."""
        if self._journal is None:
            kept = await self.ask(kept_of, own.SOURCE)
            upto = kept.place.offset if kept is not None else await self.ask(own.newest_entry)
            self._journal = (kept.step if kept is not None else 0, upto)
            self._kept_upto = upto
        step, upto = self._journal
        found = await self.ask(own.look_through, upto)
        if found.raised or not step or found.upto - self._kept_upto >= OWN_EVERY:
            step = await self.write(own.take_in_own, self._held.name, found, step)
            self._kept_upto = found.upto
        self._journal = (step, found.upto)

    async def _note_silent(self) -> None:
        """Raises which logs have fallen silent, or can no longer be read: once for each silence."""
        now = utc_now()
        for reader in await self.ask(readers):
            follower = self._followers.get(reader.source)
            if follower is None or follower.source is None or not reader.is_stale(now):
                self._seen_silent.pop(reader.source, None)
                self._told_silent.pop(reader.source, None)
            elif self._seen_silent.get(reader.source) != _silence(reader):
                self._seen_silent[reader.source] = _silence(
                    reader
                )  # a file that is just being rotated is there soon
            elif self._told_silent.get(reader.source) != _silence(reader):
                self._told_silent[reader.source] = _silence(reader)
                raised = raised_by(SILENT, to_micros(now), reader.source, reader.words(now))
                await self.write(note_silent, self._held.name, origin_of(follower.source), raised)


def _silence(reader: Reader) -> object:
    """Returns what tells one silence of a log from another."""
    return (reader.line_at, reader.trouble)
