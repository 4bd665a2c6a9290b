"""Serving in a thread of its own, so that the main thread is free to be told to stop."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socketserver
    from collections.abc import Iterator


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    """Lets a bound server take connections for as long as the block lasts, then closes it."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="serving")
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
