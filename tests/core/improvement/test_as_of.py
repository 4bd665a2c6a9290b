"""Corrective actions as of every entry are what the rows were when that entry was the newest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.gate.model import Consent, Level
from core.improvement import checking, commands
from core.improvement.as_of import CHANGES_ACTIONS, actions_at, some_actions_at
from core.improvement.queries import corrective_actions, held_actions
from core.journal.past import changing
from core.journal.queries import newest
from tests.core.improvement.actions import LEA, WRITTEN

if TYPE_CHECKING:
    from core.store.store import Store
    from core.store.work import Author

SURE = Consent(Level.BOX)
STORY: list[tuple[Any, ...]] = [
    (commands.draft_action, {"deviation": "the disk was full"}),
    (commands.revise_action, 1, {"cause": "nobody looked", "due": "2026-03-08"}),
    (commands.draft_action, {"deviation": "the till stood still", "owner": "ada"}),
    (commands.revise_action, 1, {**WRITTEN, "whys": "it was full\nnobody looked", "owner": "bob"}),
    (commands.add_evidence, 1, "the rotation", "/etc/rotation", "0" * 64),
    (commands.complete_action, 1),
    (commands.cancel_action, 2, "no till any more", SURE),
    (checking.close_action, 1, "it stayed empty", SURE),
    (commands.reopen_action, 1, "it was full again", SURE),
    (commands.revise_action, 1, {"due": ""}),
]


def test_every_past_moment_is_what_the_rows_were(store: Store, ada: Author) -> None:
    was = []
    for command, *args in STORY:
        store.write(LEA if command is checking.close_action else ada, command, *args)
        found = [replace(each, version=1) for each in store.read(corrective_actions, ended=True)]
        was.append((store.read(newest).seq, found))
    for seq, found in was:
        assert store.read(actions_at, seq) == found
        assert store.read(some_actions_at, [2], seq) == [each for each in found if each.id == 2]
    assert store.read(actions_at, 0) == []
    last = store.read(changing, CHANGES_ACTIONS, before=was[-1][0] + 1)
    assert last is not None
    assert last.kind == "action.revised"


def test_whatever_is_not_ended_is_at_hand_however_many_came_after_it(store: Store, ada: Author) -> None:
    for n in range(4):
        store.write(ada, commands.draft_action, {"deviation": f"the disk was full {n}"})
    for number in (2, 3, 4):
        store.write(ada, commands.cancel_action, number, "a drill", SURE)
    assert [each.id for each in store.read(held_actions, ended=1)] == [4, 1]
    before = store.read(newest).seq
    assert [each.id for each in store.read(actions_at, before, newest=1)] == [4, 1]
    store.write(ada, commands.cancel_action, 1, "a drill", SURE)
    assert [each.id for each in store.read(held_actions, ended=1)] == [4]
    then = [each for each in store.read(actions_at, before, newest=1) if not each.state.is_ended]
    assert [each.id for each in then] == [1]
