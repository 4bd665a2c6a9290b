"""The life of one part's process: from taking its lock to leaving without a trace."""

from __future__ import annotations

import signal
import sqlite3
import threading
from typing import TYPE_CHECKING

from .presence import presence
from .service_log import open_log
from .settings import OrdersError

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable

    from .settings import Settings

    Part = Callable[[Settings, logging.Logger, threading.Event], None]


def run_part(settings: Settings, part: str) -> int:
    """Runs a part in this process until SIGTERM or SIGINT; returns its exit code, 1 when it could not start."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log = open_log(settings.log_file(part))
    try:
        with presence(settings, part):
            _part(part)(settings, log, stop)
    except OrdersError as error:
        log.critical("%s", error)
        return 1
    except OSError as error:
        log.critical("cannot go on: %s", error)
        return 1
    except sqlite3.Error as error:
        log.critical("%s cannot be used: %s", settings.queue_file, error)
        return 1
    log.info("stopped")
    return 0


def _part(name: str) -> Part:
    """Returns what a part does; only its own modules are imported."""
    if name == "front":
        from .front import run_front

        return run_front
    if name == "worker":
        from .worker import run_worker

        return run_worker
    from .store import run_store

    return run_store
