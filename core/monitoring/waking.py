"""Has what reads files (`file` probes, sources of grants) look soon after these change, besides its interval.

One thread listens through watchfiles to the folders that hold the files. What it hears only says when to compare:
whoever reads a file is woken when it is not as it was. After each comparison it rests, without listening, so that a file
written to all the time costs one `stat` a second. The interval stays what a reader can rely on: a file system that
reports nothing, or no longer answers, costs the wake of its own files and nothing else.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, cast

from core.catalog.model import FileTarget
from core.monitoring.answering import Asking

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence

    from core.catalog.model import Probe
    from core.monitoring.schedule import Key

    Heard = Generator[Collection[object], None, None]
    """What changed, time after time; nothing where a while passed without a change."""

REST_S = 1.0
ANEW_S = 60.0
"""Folders are sought anew this often: one may have been replaced, and one that could not be listened to may be free."""
STEP_MS, GATHER_MS, TURN_MS = 50, 100, 250
CLOSE_S = 2.0


class Waking:
    """Wakes readers by `look_soon`, called with their keys in `loop`; what it cannot do it tells to `warn` there, once."""

    def __init__(
        self,
        look_soon: Callable[[Sequence[Any]], None],
        warn: Callable[[str], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._look_soon, self._warn, self._loop = look_soon, warn, loop
        self._wanted: dict[str, tuple[Any, ...]] = {}
        self._seen: dict[str, object] = {}
        self._deaf: set[str] = set()
        self._deaf_until = 0.0
        self._told = False
        self._revised, self._ended = Event(), Event()
        self._asking = Asking(self._fell_silent, self._answers_again)
        self._thread: Thread | None = None

    def take_probes(self, probes: Mapping[Key, Probe]) -> None:
        """Listens for the files of these probes from now on; without any, nothing runs that did not run before."""
        wanted: dict[str, list[Key]] = defaultdict(list)
        for key, probe in probes.items():
            if isinstance(probe.target, FileTarget):
                wanted[probe.target.path].append(key)
        self.take_files(wanted)

    def take_files(self, wanted: Mapping[str, Sequence[Any]]) -> None:
        """Listens for these files from now on: of each the keys that are woken when it is not as it was."""
        self._wanted = {path: tuple(keys) for path, keys in wanted.items()}
        self._revised.set()
        if wanted and self._thread is None:
            # No call into a dead mount may outlive the agent.
            self._thread = Thread(target=self._run, name="waking", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Ends the listening; waits CLOSE_S at most, for a mount may never answer."""
        self._ended.set()
        self._revised.set()
        if self._thread is not None:
            self._thread.join(CLOSE_S)

    def _run(self) -> None:
        while True:
            self._revised.clear()
            if self._ended.is_set():
                return
            wanted = self._wanted
            if not wanted:
                self._revised.wait()
            elif not self._wake_changed(wanted):
                self._listen(wanted)
            self._ended.wait(REST_S)

    def _wake_changed(self, wanted: Mapping[str, tuple[Any, ...]]) -> bool:
        """Wakes the probes whose files are not as they were when last compared; tells whether there were any."""
        before, self._seen = self._seen, self._asking.ask(wanted, _mark)
        changed = [path for path, mark in self._seen.items() if path in before and before[path] != mark]
        if changed:
            self._in_loop(self._look_soon, [key for path in changed for key in wanted[path]])
        return bool(changed)

    def _listen(self, wanted: Mapping[str, tuple[Any, ...]]) -> None:
        """Returns after something changed, after a revision, or when it is time to seek the folders anew."""
        try:
            folders = self._folders(wanted)
            heard = self._begin(folders)
        except (OSError, RuntimeError, ImportError) as error:
            self._tell(error)
            self._revised.wait(ANEW_S)
            return
        try:
            # What changed between the last comparison and the listening is not heard; nor is a folder made by then.
            if self._wake_changed(wanted) or self._folders(wanted) != folders:
                return
            until = time.monotonic() + ANEW_S
            for changes in heard:
                if changes or time.monotonic() > until:
                    self._wake_changed(wanted)
                    return
        except (OSError, RuntimeError) as error:
            self._tell(error)
        finally:
            heard.close()

    def _folders(self, wanted: Iterable[str]) -> list[str]:
        """Returns the folders to listen to. Each is asked for here: watchfiles would hold up this whole process."""
        return sorted(set().union(*self._asking.ask(wanted, _folders_of).values()))

    def _begin(self, folders: Iterable[str]) -> Heard:
        """Listens to those of the folders that can be listened to, or raises why not even one can."""
        if time.monotonic() > self._deaf_until:
            self._deaf = set()
        hearing = [folder for folder in folders if folder not in self._deaf]
        try:
            heard = _hear(hearing, self._revised)
        except (OSError, RuntimeError) as error:
            self._tell(error)
            self._deaf |= {folder for folder in hearing if not self._can_hear(folder)}
            self._deaf_until = time.monotonic() + ANEW_S
            return _hear([folder for folder in hearing if folder not in self._deaf], self._revised)
        if self._told and not self._deaf:
            self._told = False
            self._in_loop(self._warn, "changes of files are noticed at once again")
        return heard

    def _can_hear(self, folder: str) -> bool:
        try:
            _hear([folder], self._ended).close()
        except (OSError, RuntimeError):
            return False
        return True

    def _tell(self, error: Exception) -> None:
        if not self._told:
            self._told = True
            self._in_loop(
                self._warn, f"changes of some files are not noticed at once, their interval goes on: {error}"
            )

    def _fell_silent(self, folder: str) -> None:
        words = "do not answer: their changes are not noticed at once, their interval goes on"
        self._in_loop(self._warn, f"files in {folder} {words}")

    def _answers_again(self, folder: str) -> None:
        self._in_loop(self._warn, f"files in {folder} answer again")
        self._revised.set()  # they are listened to as well, from now on

    def _in_loop(self, do: Callable[..., None], what: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody looks any more
            self._loop.call_soon_threadsafe(do, what)


def _hear(folders: Sequence[str], until: Event) -> Heard:
    """Listens to folders; what was heard first is a while of TURN_MS or less, after which it listens for certain."""
    from watchfiles import watch

    heard = cast("Heard", watch(
        *folders, watch_filter=None, debounce=GATHER_MS, step=STEP_MS, stop_event=until, rust_timeout=TURN_MS,
        yield_on_timeout=True, debug=False, force_polling=False, recursive=False, ignore_permission_denied=False,
    ))  # fmt: skip
    next(heard, None)
    return heard


def _folders_of(path: str) -> set[str]:
    """Returns the folders to listen to for a file: where it is, or would be, and where a link leads."""
    places = {Path(path).parent, Path(os.path.realpath(path)).parent}
    return {str(_nearest(place)) for place in places}


def _nearest(folder: Path) -> Path:
    return next((each for each in (folder, *folder.parents) if os.path.isdir(each)), folder)  # noqa: PTH112  (may not be entered: no error)


def _mark(path: str) -> object:
    """Returns what differs when the file has changed; None while it cannot be asked."""
    try:
        found = os.stat(path)  # noqa: PTH116  (asked every second while something changes)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
