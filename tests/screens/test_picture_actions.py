"""The picture holds every corrective action that is not ended, and of the ended ones as many as there is room for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.gate.model import Consent, Level
from core.improvement import commands
from core.improvement.model import ActionState
from core.improvement.queries import MOST_ENDED, one_action
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from screens.picture import Patch, Picture, Vital, _whole

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.work import Work

ADA = Author("ada", Via.CLI, "seat")


def test_an_open_action_is_there_however_many_were_opened_and_ended_after_it(tmp_path: Path) -> None:
    store = Store.at(tmp_path / "watchfloor.db")

    def many(work: Work) -> None:
        commands.draft_action(work, {"deviation": "the first"})
        for n in range(MOST_ENDED + 1):
            drafted = commands.draft_action(work, {"deviation": f"drill {n}"})
            commands.cancel_action(work, drafted.id, "a drill", Consent(Level.BOX))

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
