from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.starter.orders_service.order_queue import OrderQueue
from console.starter.orders_service.store import answer

if TYPE_CHECKING:
    from pathlib import Path


def _ask(queue: OrderQueue, **request: object) -> dict[str, Any]:
    return answer(queue, json.dumps(request).encode())


def test_orders_are_done_in_the_order_they_came(tmp_path: Path) -> None:
    with closing(OrderQueue(tmp_path / "orders.db")) as queue:
        _ask(queue, do="add", item="tea", count=3)
        _ask(queue, do="add", item="salt", count=1)

        assert _ask(queue, do="first")["order"] == {"id": 1, "item": "tea", "count": 3}
        _ask(queue, do="done", order=1)
        assert _ask(queue, do="first")["order"] == {"id": 2, "item": "salt", "count": 1}
        assert [(one["order"], one["done"]) for one in _ask(queue, do="latest")["orders"]] == [
            (2, False),
            (1, True),
        ]


def test_what_was_added_is_there_for_the_next_process(tmp_path: Path) -> None:
    with closing(OrderQueue(tmp_path / "orders.db")) as queue:
        queue.add("tea", 1, copies=7)
    with closing(OrderQueue(tmp_path / "orders.db")) as queue:
        assert queue.depth()[0] == 7


def test_an_empty_queue_has_no_first_and_no_oldest(tmp_path: Path) -> None:
    with closing(OrderQueue(tmp_path / "orders.db")) as queue:
        assert queue.first() is None
        assert queue.depth() == (0, 0.0)


def test_orders_done_long_ago_are_forgotten_and_waiting_ones_never(tmp_path: Path) -> None:
    with closing(OrderQueue(tmp_path / "orders.db")) as queue:
        queue.add("tea", 1, copies=2000)
        for order in range(2, 2001):
            queue.done(order)
        assert queue.depth()[0] == 1
    with closing(sqlite3.connect(tmp_path / "orders.db")) as base:
        (kept,) = base.execute("select count(*) from orders").fetchone()
    assert kept == 1001


@pytest.mark.parametrize(
    "request_",
    [
        {"do": "add", "item": "", "count": 1},
        {"do": "add", "item": "x" * 81, "count": 1},
        {"do": "add", "item": "tea\x1b[2J", "count": 1},
        {"do": "add", "item": "tea\nERROR forged", "count": 1},
        {"do": "add", "item": "tea", "count": 0},
        {"do": "add", "item": "tea", "count": True},
        {"do": "add", "item": "tea", "count": 1.5},
        {"do": "add", "item": "tea", "count": 1, "copies": 100_001},
        {"do": "add", "item": "tea"},
        {"do": "sell"},
        {"do": "done", "order": "x"},
        {"do": "done", "order": 10**30},
        [],
    ],
)
def test_a_bad_request_is_refused_with_a_reason_and_changes_nothing(tmp_path: Path, request_: object) -> None:
    with closing(OrderQueue(tmp_path / "orders.db")) as queue:
        found = answer(queue, json.dumps(request_).encode())

        assert found["ok"] is False
        assert found["why"]
        assert queue.depth()[0] == 0


@given(
    line=st.one_of(
        st.binary(max_size=100),
        st.recursive(st.none() | st.text(), st.lists).map(lambda v: json.dumps(v).encode()),
    )
)
def test_no_line_is_more_than_a_refusal(tmp_path: Path, line: bytes) -> None:
    with closing(OrderQueue(tmp_path / "orders.db")) as queue:
        assert answer(queue, line)["ok"] is False
