"""orders-front: takes orders over HTTP and says how the service stands.

GET  /health   200 when the store answers, 503 when it does not
GET  /orders   the newest orders
POST /orders   {"item": "tea", "count": 3}  ->  201 {"order": 12}
"""

from __future__ import annotations

import itertools
import json
import socketserver
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from .faults import fault
from .service_thread import serving
from .settings import HOST
from .store_client import StoreClient, StoreRefuses, StoreSilent

if TYPE_CHECKING:
    import logging
    import threading

    from .settings import Settings

_BODY_LIMIT = 65536
_STORE_TIMEOUT_S = 2.0
_SAMPLES = (("tea", 2), ("coffee", 1), ("flour", 3), ("soap", 4), ("candles", 12), ("salt", 1))
_Answer = tuple[int, dict[str, Any]]


def run_front(settings: Settings, log: logging.Logger, stop: threading.Event) -> None:
    """Serves until told to stop."""
    server = _Server(settings, log, stop)
    log.info("listens on http://%s:%d", HOST, settings.front_port)
    with serving(server):
        if settings.sample_order_every_s > 0:
            _take_samples(settings, log, stop)
        stop.wait()


def _take_samples(settings: Settings, log: logging.Logger, stop: threading.Event) -> None:
    """Takes a sample order now and then, so that there is something to watch on a quiet day."""
    was_silent = False
    for item, count in itertools.cycle(_SAMPLES):
        if stop.wait(settings.sample_order_every_s):
            return
        try:
            with StoreClient(settings, _STORE_TIMEOUT_S) as store:
                store.ask("add", item=item, count=count)
        except StoreSilent as error:
            if not was_silent:
                log.warning("no sample orders: %s", error)
            was_silent = True
        else:
            was_silent = False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, settings: Settings, log: logging.Logger, stop: threading.Event) -> None:
        self.settings = settings
        self.log = log
        self.stop = stop
        super().__init__((HOST, settings.front_port), _Request)

    def server_bind(self) -> None:
        """Binds without asking name servers what this machine is called, as the base would."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.settings.front_port

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 – the names are the base's
        """Writes what went wrong with a request into the log."""
        self.log.error("a request broke off", exc_info=sys.exception())


class _Request(BaseHTTPRequestHandler):
    server: _Server
    server_version = "orders-front"
    sys_version = ""
    timeout = 10

    def do_GET(self) -> None:
        """Answers /health and /orders."""
        if self.path == "/health":
            self._answer(self._health)
        elif self.path == "/orders":
            self._answer(self._latest)
        else:
            self._answer(_no_such_page)

    def do_POST(self) -> None:
        """Answers /orders."""
        self._answer(self._take if self.path == "/orders" else _no_such_page)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 – the name is the base's
        """Writes nothing for a request as such: `_answer` writes what is worth a line."""

    def _answer(self, work: Any) -> None:
        settings = self.server.settings
        slow = fault(settings, "front", "slow")
        if slow is not None:
            self.server.stop.wait(slow.seconds)
        if fault(settings, "front", "error"):
            status, body = 500, {"status": "failing", "why": "the front has lost its price list"}
        else:
            status, body = self._done(work)
        if status >= 500:
            self.server.log.error(
                "answered %s %.100r with %d: %s", self.command, self.path, status, body["why"]
            )
        self._send(status, body)

    def _done(self, work: Any) -> _Answer:
        try:
            answer: _Answer = work()
        except StoreSilent as error:
            return 503, {"status": "failing", "why": str(error)}
        return answer

    def _health(self) -> _Answer:
        with StoreClient(self.server.settings, _STORE_TIMEOUT_S) as store:
            waiting = store.ask("depth")["waiting"]
        return 200, {"status": "ok", "waiting": waiting}

    def _latest(self) -> _Answer:
        with StoreClient(self.server.settings, _STORE_TIMEOUT_S) as store:
            return 200, {"orders": store.ask("latest")["orders"]}

    def _take(self) -> _Answer:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            return 411, {"why": "say how long the order is: Content-Length"}
        if int(length[:9]) > _BODY_LIMIT:
            return 413, {"why": f"an order has at most {_BODY_LIMIT} bytes"}
        try:
            order = json.loads(self.rfile.read(int(length)))
            item, count = order["item"], order["count"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return 400, {"why": 'write an order as {"item": "tea", "count": 3}'}
        try:
            with StoreClient(self.server.settings, _STORE_TIMEOUT_S) as store:
                number = store.ask("add", item=item, count=count)["order"]
        except StoreRefuses as error:
            return 400, {"why": str(error)}
        self.server.log.info("took order %d: %d of %s", number, count, item)
        return 201, {"order": number}

    def _send(self, status: int, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode() + b"\n"
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
        except (ConnectionError, TimeoutError):
            self.close_connection = True  # whoever asked has gone: nobody is left to answer


def _no_such_page() -> _Answer:
    return 404, {"why": "there are /health and /orders"}
