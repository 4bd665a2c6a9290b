"""The orders, waiting and done, in a file that survives the process."""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_KEPT = 1000  # orders that are done; older ones are forgotten
_SCHEMA = """
create table if not exists orders (
    id integer primary key autoincrement,
    item text not null,
    count integer not null,
    placed_at real not null,
    done_at real
);
create index if not exists orders_waiting on orders (id) where done_at is null;
"""


class OrderQueue:
    """A queue of orders, safe to use from several threads. What was added is there after a kill."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._base.execute("pragma journal_mode = wal")
        self._base.execute("pragma synchronous = normal")
        self._base.executescript(_SCHEMA)

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._base.close()

    def add(self, item: str, count: int, copies: int = 1) -> int:
        """Puts an order at the end, `copies` times, all or none; returns the number of the last one."""
        now = time.time()
        with self._lock:
            self._base.execute("begin immediate")
            try:
                self._base.executemany(
                    "insert into orders (item, count, placed_at) values (?, ?, ?)",
                    ((item, count, now) for _ in range(copies)),
                )
                (last,) = self._base.execute("select max(id) from orders").fetchone()
                self._base.execute("commit")
            except BaseException:
                self._base.execute("rollback")
                raise
        return int(last)

    def first(self) -> dict[str, Any] | None:
        """Returns the order that has waited longest and leaves it there; None when none waits."""
        row = self._one("select id, item, count from orders where done_at is null order by id limit 1")
        return {"id": row[0], "item": row[1], "count": row[2]} if row else None

    def done(self, order: int) -> None:
        """Marks an order as done, and forgets orders done long ago."""
        with self._lock:
            self._base.execute("update orders set done_at = ? where id = ?", (time.time(), order))
            if order % 100 == 0:
                self._base.execute(
                    "delete from orders where done_at is not null and id <= ?", (order - _KEPT,)
                )

    def depth(self) -> tuple[int, float]:
        """Returns how many orders wait, and for how many seconds the oldest has (0 when none waits)."""
        row = self._one("select count(*), min(placed_at) from orders where done_at is null")
        waiting, oldest = row or (0, None)
        return int(waiting), max(time.time() - oldest, 0.0) if oldest is not None else 0.0

    def latest(self, limit: int) -> list[dict[str, Any]]:
        """Returns the newest orders, the newest first."""
        with self._lock:
            rows = self._base.execute(
                "select id, item, count, done_at is not null from orders order by id desc limit ?", (limit,)
            ).fetchall()
        return [{"order": row[0], "item": row[1], "count": row[2], "done": bool(row[3])} for row in rows]

    def _one(self, statement: str) -> tuple[Any, ...] | None:
        with self._lock:
            row: tuple[Any, ...] | None = self._base.execute(statement).fetchone()
        return row
