"""What an older program wrote of corrective actions is kept whole by an upgrade: from what it came, when and by whom it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import create_engine

from core.improvement.model import ActionState, Origin
from core.improvement.queries import corrective_actions
from core.journal.model import Subject
from core.store.migrations.upgrade import upgrade
from core.store.sqlite.backend import APPLICATION_ID
from core.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = "0023"
DONE_AT = 1_764_000_000_000_000
ROW = (
    "INSERT INTO corrective_action (id, version, state, incident, component, deviation, cause, action, owner, due, check_plan,"
    " outcome, created_at, created_by, closed_at, closed_by)"
    " VALUES (?, 1, ?, ?, ?, 'it stood still', '', 'a limit', 'bob', '', '', '', 1, 'ada', NULL, '')"
)
ENTRY = (
    "INSERT INTO journal (seq, at, actor, via, kind, subject_kind, subject_id, body, cause, key, hash)"
    " VALUES (1, ?, 'bob', 'console', 'action.done', 'action', '1', '[{}]', NULL, NULL, 'x')"
)


def test_rows_of_an_older_database_say_where_they_came_from_and_who_did_it(tmp_path: Path) -> None:
    place = tmp_path / "older.db"  # made by the older steps alone
    old = create_engine(f"sqlite:///{place}")
    with old.begin() as connection:
        upgrade(connection, BEFORE)
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql(ROW, (1, "done", 7, "till"))
        connection.exec_driver_sql(ROW, (2, "open", None, ""))
        connection.exec_driver_sql(ENTRY, (DONE_AT,))
    old.dispose()
    store = Store.at(place)
    second, first = store.read(corrective_actions)
    store.close()
    assert (first.origin, first.source, first.measure) == (
        Origin.INCIDENT,
        Subject("incident", "7"),
        "component:till",
    )
    assert first.done_at is not None
    assert (first.state, first.done_by, first.done_at.timestamp() * 1e6) == (ActionState.DONE, "bob", DONE_AT)
    assert (second.origin, second.source, second.measure, second.done_by) == (Origin.HAND, None, "", "")
    assert (second.whys, second.evidence) == ((), ())
