"""What was stopped on purpose has a way back by a person's word, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, ProcedureText, Service
from core.errors import BadInput, NotPermitted, NotPossible
from core.gate.commands import lock_operate, unlock_operate
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.journal.model import Subject
from core.journal.wording import sentence
from core.monitoring.model import State
from core.monitoring.queries import status_of
from core.operations.commands import begin_run
from core.operations.model import RunState
from core.operations.releasing import release_component
from core.operations.reports import end_run, take_up_run

if TYPE_CHECKING:
    from core.store.store import Store
    from core.store.work import Author

BOX = Consent(Level.BOX)
STOP = '+++\ntitle = "Stop it"\ncomponent = "web"\neffect = "stop"\n+++\n```run\ntrue\n```\n'


@pytest.fixture
def stopped(store: Store, ada: Author) -> Store:
    """A component whose only procedure stops it, stopped by it."""
    text = ProcedureText("stop", "stop.md", STOP)
    web = Component("web", "Web", "s", procedures=("stop",))
    catalog = Catalog(services={"s": Service("s", "S")}, components={"web": web}, procedures={"stop": text})
    store.write(ada, load_catalog, catalog, directory="/", digest="1", changes=[])
    store.write(ada, unlock_operate, "test")
    run = store.write(ada, begin_run, "stop", Consent(Level.NAME, "web", "maintenance"))
    with pytest.raises(NotPossible, match=r"PR-1 \(Stop it\) is waiting on web"):
        store.write(ada, release_component, "web", "too early", BOX)
    store.write(ada, take_up_run, run.id, "conductor")
    store.write(ada, end_run, run.id, RunState.DONE)
    assert store.read(status_of, "web").state is State.STOPPED
    return store


def test_it_is_watched_again_with_the_reason_in_the_journal(stopped: Store, ada: Author) -> None:
    stopped.write(ada, release_component, "web", "somebody started it from a shell", BOX)

    now = stopped.read(status_of, "web")
    assert (now.state, now.stopped) == (State.PENDING, None)
    told = stopped.read(journal.of_subject, Subject("component", "web"))[-1]
    assert told.actor == "ada"
    assert sentence(told) == "web is no longer stopped on purpose: somebody started it from a shell"
    with pytest.raises(NotPossible, match="web is not stopped on purpose"):
        stopped.write(ada, release_component, "web", "again", BOX)


def test_it_asks_for_operate_a_box_and_a_reason(stopped: Store, ada: Author) -> None:
    with pytest.raises(BadInput, match="confirmed"):
        stopped.write(ada, release_component, "web", "x", Consent())
    with pytest.raises(BadInput, match="reason"):
        stopped.write(ada, release_component, "web", "  ", BOX)
    stopped.write(ada, lock_operate)
    with pytest.raises(NotPermitted, match="WATCH"):
        stopped.write(ada, release_component, "web", "x", BOX)
    assert stopped.read(status_of, "web").state is State.STOPPED
