"""Asks about files where some may never answer: a dead mount holds up a thread of its own, and nobody else."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")
PATIENCE_S = 2.0
"""A file that has not answered after this long holds up the others no longer. A living one takes microseconds."""


class Asking:
    """Asks about one file after another. A folder of which one does not answer is left out until that one does.

    `fell_silent` is told of such a folder, in the thread that asks, and `answers_again` in another.
    """

    def __init__(self, fell_silent: Callable[[str], None], answers_again: Callable[[str], None]) -> None:
        self._fell_silent, self._answers_again = fell_silent, answers_again
        self._silent: set[str] = set()

    def ask(self, paths: Iterable[str], question: Callable[[str], T]) -> dict[str, T]:
        """Returns `question(path)` for each path that answers, and of which it raises neither OSError nor ValueError."""
        answers: dict[str, T] = {}
        waiting = self._answering(paths)
        while waiting:
            round_ = _Round(waiting, question, self._again)
            stuck = round_.stuck()
            answers |= round_.answers
            if not stuck:
                break
            self._silent.add(_folder(stuck))
            self._fell_silent(_folder(stuck))
            round_.give_up()
            waiting = self._answering(waiting[waiting.index(stuck) + 1 :])
        return answers

    def _answering(self, paths: Iterable[str]) -> list[str]:
        silent = set(self._silent)
        return [path for path in paths if _folder(path) not in silent]

    def _again(self, path: str) -> None:
        self._silent.discard(_folder(path))
        self._answers_again(_folder(path))


class _Round(Generic[T]):
    """One thread that asks about paths in their order, until it is done or stuck."""

    def __init__(
        self, paths: Sequence[str], question: Callable[[str], T], again: Callable[[str], None]
    ) -> None:
        self.answers: dict[str, T] = {}
        self._paths, self._question, self._again = paths, question, again
        self._at, self._is_left = 0, False
        self._step, self._done, self._given_up = Lock(), Event(), Event()
        Thread(target=self._run, name="answering", daemon=True).start()

    def stuck(self) -> str:
        """Waits until all is answered, or returns the path that is not; nothing more is asked then."""
        seen = -1
        while not self._done.wait(PATIENCE_S):
            with self._step:
                if self._at == seen < len(self._paths):
                    self._is_left = True
                    return self._paths[seen]
                seen = self._at
        return ""

    def give_up(self) -> None:
        """Has it told when the path that is stuck answers after all."""
        self._given_up.set()

    def _run(self) -> None:
        for path in self._paths:
            answer = self._answer(path)
            with self._step:
                if not self._is_left:
                    self.answers |= answer
                    self._at += 1
                    continue
            self._given_up.wait()
            self._again(path)
            return
        self._done.set()

    def _answer(self, path: str) -> dict[str, T]:
        try:
            return {path: self._question(path)}
        except (OSError, ValueError):
            return {}


def _folder(path: str) -> str:
    return str(Path(path).parent)
