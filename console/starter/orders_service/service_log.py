"""The log of one part: UTC, one line an event, the last megabyte and the one before it kept."""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SIZE_LIMIT = 1_000_000


def open_log(path: Path) -> logging.Logger:
    """Returns the log of this process; what ends a thread unforeseen is written there too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=_SIZE_LIMIT, backupCount=1, encoding="utf-8"
    )
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    log = logging.getLogger("orders")
    log.handlers[:] = [handler]
    log.propagate = False
    log.setLevel(logging.INFO)
    sys.excepthook = lambda kind, error, trace: log.critical("ended by", exc_info=(kind, error, trace))
    threading.excepthook = lambda end: log.critical("a thread ended by", exc_info=end.exc_value)
    return log
