"""orders-worker: does one order after the other, and reports a heartbeat for as long as it comes round."""

from __future__ import annotations

import subprocess
import threading
import time
from typing import TYPE_CHECKING

from .faults import fault
from .store_client import StoreClient, StoreSilent

if TYPE_CHECKING:
    import logging

    from .settings import Settings

_IDLE_S = 1.0
_AFTER_TROUBLE_S = 2.0
_STORE_TIMEOUT_S = 4.0  # shorter than round_limit_s: a slow store is not a stuck worker
_BEAT_TIMEOUT_S = 5.0  # shorter than ./orders stop waits


def run_worker(settings: Settings, log: logging.Logger, stop: threading.Event) -> None:
    """Works until told to stop."""
    log.info("takes orders from the store on port %d", settings.store_port)
    rounds = _Rounds(settings)
    heart = threading.Thread(target=_beat, args=(settings, log, stop, rounds), name="heart")
    heart.start()
    try:
        _Work(settings, log, stop, rounds).go_on()
    finally:
        stop.set()
        heart.join()


class _Rounds:
    """When the worker last got on, and what keeps it from working; a file tells others."""

    def __init__(self, settings: Settings) -> None:
        self._file = settings.turn_file
        self._limit_s = settings.round_limit_s
        self._at = 0.0
        self._trouble = ""
        self.came_round()

    def came_round(self, trouble: str = "") -> None:
        now = time.monotonic()
        if trouble != self._trouble:
            self._file.write_text(trouble, encoding="utf-8")
        elif now - self._at >= 0.5:
            self._file.touch()
        else:
            return
        self._at, self._trouble = now, trouble

    def is_moving(self) -> bool:
        return time.monotonic() - self._at < self._limit_s


class _Work:
    def __init__(
        self, settings: Settings, log: logging.Logger, stop: threading.Event, rounds: _Rounds
    ) -> None:
        self._settings = settings
        self._log = log
        self._stop = stop
        self._rounds = rounds
        self._store: StoreClient | None = None

    def go_on(self) -> None:
        while not self._stop.is_set():
            if fault(self._settings, "worker", "stuck"):
                self._stop.wait(0.2)
                continue
            try:
                pause_s = self._one_order()
            except StoreSilent as error:
                self._rounds.came_round(str(error))
                self._log.error("no orders: %s", error)
                self._leave_store()
                pause_s = _AFTER_TROUBLE_S
            self._stop.wait(pause_s)
        self._leave_store()

    def _one_order(self) -> float:
        """Does the first order that waits; returns how long to pause before the next."""
        if self._store is None:
            self._store = StoreClient(self._settings, _STORE_TIMEOUT_S)
            self._rounds.came_round()
        order = self._store.ask("first")["order"]
        if order is not None and fault(self._settings, "worker", "error"):
            why = "the scales do not answer"
            self._rounds.came_round(why)
            self._log.error("order %d failed: %s; it stays in the queue", order["id"], why)
            return _AFTER_TROUBLE_S
        self._rounds.came_round()
        if order is None:
            return _IDLE_S
        if self._stop.wait(self._settings.order_takes_s):
            return 0.0  # it stays in the queue, to be done after the next start
        self._store.ask("done", order=order["id"])
        self._log.info("did order %d: %d of %s", order["id"], order["count"], order["item"])
        return 0.0

    def _leave_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


def _beat(settings: Settings, log: logging.Logger, stop: threading.Event, rounds: _Rounds) -> None:
    """Reports a heartbeat now and then while the work moves; a stuck worker falls silent."""
    trouble = ""
    while settings.beat and not stop.is_set():
        if rounds.is_moving():
            before, trouble = trouble, _report(settings)
            if trouble and trouble != before:
                log.warning("the heartbeat cannot be reported: %s", trouble)
        stop.wait(settings.beat_every_s)


def _report(settings: Settings) -> str:
    """Runs the command that reports a heartbeat; returns what went wrong, or an empty text."""
    try:
        done = subprocess.run(
            settings.beat,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=settings.directory,
            timeout=_BEAT_TIMEOUT_S,
            check=False,
        )
    except OSError as error:
        return f"{settings.beat[0]}: {error.strerror}"
    except subprocess.TimeoutExpired:
        return f"{settings.beat[0]} took longer than {_BEAT_TIMEOUT_S:g} s"
    last = " ".join(done.stderr.decode(errors="replace").split())[-300:]
    return f"exit code {done.returncode}: {last}" if done.returncode else ""
