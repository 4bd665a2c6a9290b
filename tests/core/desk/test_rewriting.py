"""A resolution is written anew only where there is one, by whoever saw what stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.desk import commands, queries
from core.desk.model import IncidentState
from core.desk.rewriting import rewrite_resolution
from core.errors import BadInput, Moved, NotPossible
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.journal.wording import sentence

if TYPE_CHECKING:
    from core.store.store import Store
    from core.store.work import Author

BOX = Consent(Level.BOX)


def test_who_came_second_writes_it_anew_and_both_are_in_the_journal(store: Store, ada: Author) -> None:
    number: int = store.write(ada, commands.open_incident, "web", "shop", "web is down", 2, BOX).id
    with pytest.raises(NotPossible, match="is open"):
        store.write(ada, rewrite_resolution, number, "cable", BOX)
    resolved = store.write(ada, commands.resolve_incident, number, "restarted", BOX)
    with pytest.raises(Moved):
        store.write(ada, rewrite_resolution, number, "cable", BOX, resolved.version - 1)
    with pytest.raises(BadInput, match="sentence"):
        store.write(ada, rewrite_resolution, number, " ", BOX, resolved.version)
    with pytest.raises(BadInput, match="confirmed"):
        store.write(ada, rewrite_resolution, number, "cable", Consent(), resolved.version)
    again = store.write(
        ada, rewrite_resolution, number, "restarted; the cable was loose", BOX, resolved.version
    )
    assert (again.state, again.resolved_at) == (IncidentState.RESOLVED, resolved.resolved_at)
    assert store.read(queries.one_incident, number).resolution == "restarted; the cable was loose"
    entry = store.read(journal.of_subject, commands.subject(number))[-1]
    assert entry.changes["resolution"] == ("restarted", "restarted; the cable was loose")
    assert sentence(entry) == f"I-{number} resolution rewritten: restarted; the cable was loose"
