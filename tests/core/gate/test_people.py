"""With an embedded database the staff of the catalog are those who may operate, each by their role."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import core
from core.errors import NotPermitted, NotPossible
from core.gate import people
from core.gate.commands import admit
from core.gate.model import VERBS, Consent, Level
from core.gate.rights import INCLUDES, KEEPING, NEEDED, WRITES, Role, includes, may
from core.journal.model import Via
from core.operations.model import StepState
from core.store.work import Author

if TYPE_CHECKING:
    from core.store.store import Store

FULL = Consent(Level.NAME, "web", "because")


def test_every_verb_has_a_least_role_and_every_role_its_words() -> None:
    assert set(NEEDED) == set(VERBS)
    assert {role for roles in WRITES.values() for role in roles} <= set(Role)
    assert all(includes(Role.ADMIN, role) for role in INCLUDES if role is not Role.AGENT)
    assert not any(may(Role.VIEWER, verb) for verb in NEEDED if verb != "operate.lock")


def test_where_nobody_is_named_who_reaches_the_database_may_do_all(store: Store, ada: Author) -> None:
    assert store.read(people.members) == []
    store.write(ada, admit, "action.close", ["A-1"], FULL)
    with pytest.raises(NotPermitted):
        store.write(ada, admit, "run.begin", ["restart"], FULL)  # OPERATE is asked of everybody


def test_a_role_is_asked_for_as_soon_as_somebody_is_named(store: Store, ada: Author) -> None:
    store.write(ada, people.declare_staff, [("ada", "Ada", "operator"), ("lena", "Lena", "lead")])
    store.write(ada, admit, "incident.acknowledge", ["I-1"], FULL)
    with pytest.raises(
        NotPermitted, match="closing a corrective action is for the role lead, which ada has not"
    ):
        store.write(ada, admit, "action.close", ["A-1"], FULL)
    store.write(Author("lena", Via.CLI, "s"), admit, "action.close", ["A-1"], FULL)
    with pytest.raises(NotPermitted, match="stranger"):
        store.write(Author("stranger", Via.CLI, "s"), admit, "incident.acknowledge", ["I-1"], FULL)


def test_the_staff_of_an_embedded_database_is_kept_in_the_catalog(store: Store, ada: Author) -> None:
    with pytest.raises(NotPossible, match="staff of its catalog"):
        store.write(ada, people.add_member, "bob", "Bob", Role.OPERATOR)


def test_every_kind_of_entry_that_is_recorded_may_be_written_by_somebody() -> None:
    """A kind that no role may write would be refused on a shared database alone."""
    source = "".join(path.read_text() for path in Path(core.__file__).parent.rglob("*.py"))
    kinds = set(
        re.findall(r'"((?:operate|incident|action|run|component|catalog|lease|staff)\.[a-z_]+)"', source)
    )
    assert kinds - set(VERBS) - set(KEEPING) <= set(WRITES)
    assert {
        f"run.step_{state}" for state in StepState if state not in {StepState.WAITING, StepState.NOT_BEGUN}
    } <= set(WRITES)
