"""A text in the editor of one's own: the terminal is the editor's meanwhile, and the console goes on behind it."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from console.keys import Keys
from core.errors import BadInput, Unavailable, WatchfloorError
from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MOST_BYTES = 1_000_000
"""As much is read of what the editor left; a field takes far less."""
ENDS_WITHIN_S = 2.0
"""An editor that does not end by itself when its console ends is killed after this time."""


def editor_words(environ: Mapping[str, str]) -> list[str]:
    """Returns the words of $VISUAL, else of $EDITOR. No shell reads them. Raises BadInput where there is none."""
    for name in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(environ.get(name, ""))
        except ValueError as error:
            raise BadInput(
                f"${name} cannot be read: {error}", next_step="Write it as in a shell: EDITOR='vim -n'"
            ) from error
        if words:
            return words
    raise BadInput("no editor is named", next_step="Set VISUAL or EDITOR before watchfloor is started")


class Edited:
    """One text while an editor has it: in a file that only its owner can read, removed at the end."""

    def __init__(self, folder: Path, text: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder, prefix="text-", suffix=".txt")  # mode 0600
        self._path = Path(name)
        self._process: subprocess.Popen[bytes] | None = None
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(f"{text}\n" if text else "")
        except OSError:
            self.remove()
            raise

    def start(self, words: list[str]) -> subprocess.Popen[bytes]:
        """Starts the editor on the terminal; raises OSError where it cannot be."""
        self._process = subprocess.Popen([*words, str(self._path)])
        return self._process

    def text(self) -> str:
        """Returns what is in the file now; raises OSError where it cannot be read."""
        with self._path.open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8", "replace").rstrip("\r\n")

    def hang_up(self) -> None:
        """Tells the editor that the line is lost."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGHUP)
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Ends the editor where it did not end by itself."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()

    def remove(self) -> None:
        """Removes the file."""
        self._path.unlink(missing_ok=True)


class Editing(Keys):
    """The part of the console that gives its terminal to an editor."""

    _edited: Edited | None = None
    _take_edited: Callable[[str], None] | None = None
    _was_ended = False

    def edit(self, text: str, take: Callable[[str], None], tell: Callable[[str], None]) -> None:
        """Opens `text` in the editor; `take` gets what was written, `tell` one line where that was not possible."""
        if not self.is_away:
            self.is_away = True  # what is typed from now on is for the editor, or for what comes after it
            self.run_worker(self._edit(text, take, tell), group="editing", exit_on_error=True)

    async def _edit(self, text: str, take: Callable[[str], None], tell: Callable[[str], None]) -> None:
        try:
            written = await self._written(text, take)
        except WatchfloorError as error:
            tell(f"{error}; the text is as it was")
        else:
            if written is not None and written != text:
                take(written)
        finally:
            self.is_away = False

    async def _written(self, text: str, take: Callable[[str], None]) -> str | None:
        """Returns what the editor left; None where the console ended meanwhile. Raises WatchfloorError."""
        words = editor_words(os.environ)
        try:
            edited = Edited(self.setup.state, text)
        except OSError as error:
            raise Unavailable(f"{self.setup.state} cannot be written: {error.strerror}") from error
        self._edited, self._take_edited, self._was_ended = edited, take, False
        name = printable(words[0], 80)
        try:
            with self._terminal_given_up():
                code = await asyncio.to_thread(edited.start(words).wait)
            if self._was_ended:
                return None
            if code:
                how = f"code {code}" if code > 0 else f"signal {-code}"
                raise Unavailable(f"the editor {name} ended with {how}")
            return edited.text()
        except OSError as error:
            raise Unavailable(f"the editor {name} cannot be used: {error.strerror}") from error
        finally:
            self._edited = self._take_edited = None
            with suppress(OSError):  # what cannot be removed is readable by its owner alone
                edited.remove()

    @contextmanager
    def _terminal_given_up(self) -> Iterator[None]:
        """Leaves the terminal to another program; what interrupts there is its, too.

        A console that ends meanwhile does not take the terminal again.
        """
        driver = self._driver
        if driver is None or not driver.can_suspend:
            raise Unavailable("this terminal cannot be given to another program")
        # A handler, not "ignore": the editor would inherit that.
        held = {number: signal.signal(number, _nothing) for number in (signal.SIGINT, signal.SIGQUIT)}
        driver.suspend_application_mode()
        try:
            with driver.no_automatic_restart():
                yield
        finally:
            for number, handler in held.items():
                signal.signal(number, handler)
            if not self._was_ended and not self._exit:
                driver.resume_application_mode()
                self.came_back()

    def came_back(self) -> None:
        """Paints everything anew: the terminal shows what was done in it meanwhile."""
        self._titled = ""
        self.terminal.redraw()

    def end_editing(self) -> None:
        """Ends the editor, because the console ends; what it has written to its file by then is taken."""
        edited, take = self._edited, self._take_edited
        if edited is None or take is None:
            return
        self._edited, self._take_edited, self._was_ended = None, None, True
        with suppress(OSError):  # the text is then as it was before
            take(edited.text())
        edited.hang_up()
        asyncio.get_running_loop().call_later(ENDS_WITHIN_S, edited.kill)


def _nothing(*_: object) -> None:
    """Does nothing with a signal that was meant for the editor."""
