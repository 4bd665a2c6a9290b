"""orders-store: the queue, over TCP. It greets with one line, then answers one line of JSON with another.

    {"do": "add", "item": "tea", "count": 3}   {"ok": true, "order": 12}

The other words are `first`, `done` (with `order`), `depth` and `latest`. A refusal has `ok` false and a `why`.
"""

from __future__ import annotations

import json
import socketserver
import sys
from typing import TYPE_CHECKING, Any

from .faults import fault
from .order_queue import OrderQueue
from .service_thread import serving
from .settings import HOST

if TYPE_CHECKING:
    import logging
    import threading

    from .settings import Settings

GREETING = b"orders-store ready\n"
LINE_LIMIT = 65536  # bytes of a request
COPIES_LIMIT = 100_000
_IDLE_S = 60.0


def run_store(settings: Settings, log: logging.Logger, stop: threading.Event) -> None:
    """Serves the queue until told to stop."""
    queue = OrderQueue(settings.queue_file)
    try:
        server = _Server(settings, log, queue, stop)
        log.info("listens on %s:%d; %d orders wait", HOST, settings.store_port, queue.depth()[0])
        with serving(server):
            stop.wait()
    finally:
        queue.close()


def answer(queue: OrderQueue, line: bytes) -> dict[str, Any]:
    """Returns the answer to one line."""
    try:
        request = json.loads(line)
        word = request["do"]
        if word == "add":
            return _add(queue, request)
        if word == "first":
            return {"ok": True, "order": queue.first()}
        if word == "done":
            queue.done(int(request["order"]))
            return {"ok": True}
        if word == "depth":
            waiting, oldest_s = queue.depth()
            return {"ok": True, "waiting": waiting, "oldest_s": oldest_s}
        if word == "latest":
            return {"ok": True, "orders": queue.latest(20)}
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return {"ok": False, "why": "that is not a request"}
    return {"ok": False, "why": "there is no such request"}


def _add(queue: OrderQueue, request: dict[str, Any]) -> dict[str, Any]:
    item, count, copies = request["item"], request["count"], request.get("copies", 1)
    if not (isinstance(item, str) and item.isprintable() and 1 <= len(item) <= 80):
        return {"ok": False, "why": "an item has 1 to 80 printable characters"}
    if not (type(count) is int and 1 <= count <= 1000):
        return {"ok": False, "why": "a count is a whole number from 1 to 1000"}
    if not (type(copies) is int and 1 <= copies <= COPIES_LIMIT):
        return {"ok": False, "why": f"copies is a whole number from 1 to {COPIES_LIMIT}"}
    return {"ok": True, "order": queue.add(item, count, copies)}


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, settings: Settings, log: logging.Logger, queue: OrderQueue, stop: threading.Event
    ) -> None:
        self.settings = settings
        self.log = log
        self.queue = queue
        self.stop = stop
        super().__init__((HOST, settings.store_port), _Conversation)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 – the names are the base's
        """Writes what went wrong in a conversation into the log."""
        self.log.error("a conversation broke off", exc_info=sys.exception())


class _Conversation(socketserver.StreamRequestHandler):
    timeout = _IDLE_S
    server: _Server

    def handle(self) -> None:
        """Greets, then answers line by line until the other side has no more to say."""
        try:
            self._say(GREETING)
            while line := self.rfile.readline(LINE_LIMIT):
                self._say(json.dumps(answer(self.server.queue, line)).encode() + b"\n")
        except (ConnectionError, TimeoutError):
            return  # the other side has gone: nobody is left to answer

    def _say(self, text: bytes) -> None:
        slow = fault(self.server.settings, "store", "slow")
        if slow is not None:
            self.server.stop.wait(slow.seconds)
        self.wfile.write(text)
