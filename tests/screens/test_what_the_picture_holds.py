"""The picture holds all that is not over, however old, and of what is as much as there is room for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.desk import commands as desk
from core.desk.as_of import held_incidents_at
from core.gate.model import Consent, Level
from core.improvement import commands
from core.improvement.model import ActionState
from core.improvement.queries import MOST_ENDED, one_action
from core.journal import queries as journal
from core.journal.model import Via
from core.store.held import MOST_OVER
from core.store.store import Store
from core.store.work import Author
from screens.picture import Patch, Picture, Vital, _whole

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.work import Work

BOX = Consent(Level.BOX)
ADA = Author("ada", Via.CLI, "seat")


def test_an_open_action_is_there_however_many_were_opened_and_ended_after_it(tmp_path: Path) -> None:
    store = Store.at(tmp_path / "watchfloor.db")

    def many(work: Work) -> None:
        commands.draft_action(work, {"deviation": "the first"})
        for n in range(MOST_ENDED + 1):
            drafted = commands.draft_action(work, {"deviation": f"drill {n}"})
            commands.cancel_action(work, drafted.id, "a drill", BOX)

    store.write(ADA, many)
    found = store.read(_whole, "seat", "ada").actions
    assert found["A-1"].deviation == "the first"
    assert len(found) == MOST_ENDED + 1
    first = store.read(one_action, 1)
    store.close()
    picture = Picture()
    vital = Vital({}, None, None)
    picture.apply(Patch(vital, actions=found, whole=True))
    ended = [replace(first, id=n, state=ActionState.CANCELLED) for n in range(1000, 1000 + 2 * MOST_ENDED)]
    picture.apply(Patch(vital, actions={each.label: each for each in ended}))
    assert len(picture.actions) == MOST_ENDED + 1
    assert {"A-1", ended[-1].label} <= picture.actions.keys()


def test_an_open_incident_is_there_however_many_were_opened_and_closed_after_it(tmp_path: Path) -> None:
    store = Store.at(tmp_path / "watchfloor.db")

    def many(work: Work) -> None:
        desk.raise_for_failure(work, "first", "s", "down", 2, cause=None)
        for n in range(MOST_OVER + 1):
            opened = desk.open_incident(work, f"c{n}", "s", "down", 3, BOX)
            desk.resolve_incident(work, opened.id, "a drill", BOX)
            desk.close_incident(work, opened.id, "a drill", BOX)

    store.write(ADA, many)
    last = store.read(journal.count)
    found = store.read(_whole, "seat", "ada").incidents
    assert found["I-1"].component == "first"
    assert len(found) == MOST_OVER + 1
    stood = {each.label for each in store.read(held_incidents_at, last)}
    assert {"I-1", f"I-{MOST_OVER + 2}"} <= stood
    store.close()
