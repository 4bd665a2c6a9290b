"""Entries that no program of ours wrote, as an older house may have let them in: shown as what they are, harming nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from core.desk.as_of import CHANGES_INCIDENTS, incidents_at
from core.desk.clocks.promises import with_clocks
from core.desk.commands import open_incident
from core.gate.model import Consent, Level
from core.journal import queries
from core.journal.chain import record_link
from core.journal.model import START, Via
from core.journal.past import changing, states_of
from core.journal.sealing import JournalBroken, Place, follow
from core.journal.tables import journal
from core.journal.wording import sentence
from core.monitoring.as_of import statuses_at
from core.monitoring.model import State
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from core.store.store import Store
    from core.store.work import Author, Work

BODIES = [
    "{}", "not json", "1", "null", '[[],""]', '[{"state":[1]},""]', '[{"state":"ab"},""]', "[{},5]", '[{},"",""]',
    "[" * 100_000, '[{"a":[1,' + "9" * 5000 + ']},""]',
]  # fmt: skip
ESCAPE = "hello\n\x1b[31m"

pytestmark = pytest.mark.embedded


def put(
    work: Work,
    *,
    kind: str = "incident.noted",
    about: str = "incident",
    id_: str = "1",
    via: str = "cli",
    body: str,
) -> None:
    """Writes an entry past every rule."""
    seq = queries.newest(work.connection).seq + 1
    values = {
        "seq": seq, "at": 1, "actor": "eve", "via": via, "kind": kind, "subject_kind": about, "subject_id": id_,
        "body": body, "cause": None, "key": None, "hash": f"made up {seq}",
    }  # fmt: skip
    work.connection.execute(insert(journal).values(values))


@pytest.fixture
def known(store: Store, ada: Author) -> Store:
    store.write(ada, open_incident, "", "shop", "till does not answer", 2, Consent(Level.BOX))
    return store


@pytest.mark.parametrize("body", BODIES)
def test_an_entry_that_cannot_be_read_is_shown_as_it_is_written(known: Store, ada: Author, body: str) -> None:
    known.write(ada, put, body=body)
    opened, bad = known.read(queries.after, START) or []
    assert opened.kind == "incident.opened"
    assert bad.changes == {}
    assert sentence(bad).startswith("I-1 noted: cannot be read: '" + body[:20])
    assert known.read(queries.page)[0] == bad
    assert known.read(queries.of_subject, bad.subject)[-1] == bad
    assert known.read(queries.chain_of, 2) == [bad]


def test_a_door_that_there_is_not_is_shown_escaped(known: Store, ada: Author) -> None:
    known.write(ada, put, via=ESCAPE, body='[{},"seen"]')
    bad = known.read(queries.page)[0]
    assert bad.via is Via.UNKNOWN
    assert bad.note == r"seen (via 'hello\n\x1b[31m')"


@pytest.mark.parametrize("body", BODIES)
def test_as_of_goes_past_it(known: Store, ada: Author, body: str) -> None:
    before = known.read(incidents_at, 1)
    known.write(ada, put, body=body)
    known.write(ada, put, id_="one", body=body)
    assert known.read(incidents_at, 3) == before
    assert known.read(states_of, "incident", ["1"], 3) == known.read(states_of, "incident", ["1"], 1)
    assert known.read(changing, CHANGES_INCIDENTS, after=1) is None
    assert len(known.read(with_clocks, before, utc_now())) == len(before)


@pytest.mark.parametrize("kind", ["incident.affected", "catalog.loaded", "catalog.refused", "lease.taken"])
def test_values_that_are_none_of_ours_still_make_a_sentence(known: Store, ada: Author, kind: str) -> None:
    known.write(
        ada,
        put,
        kind=kind,
        body='[{"affected":[1,{}],"differences":[1,5],"problems":[1,5],"holder":[1,5]},""]',
    )
    assert sentence(known.read(queries.page)[0])


def test_a_state_that_is_none_leaves_the_incident_out_and_the_others_in(known: Store, ada: Author) -> None:
    known.write(ada, open_incident, "", "shop", "lamp is out", 3, Consent(Level.BOX))
    known.write(ada, put, body='[{"state":["open","dancing"]},""]')
    assert [each.id for each in known.read(incidents_at, 3)] == [2]


def test_a_component_whose_state_is_none_is_one_of_which_nothing_is_known(known: Store, ada: Author) -> None:
    known.write(
        ada,
        put,
        kind="component.changed",
        about="component",
        id_="till",
        body='[{"state":[null,"dancing"]},""]',
    )
    assert known.read(statuses_at, ["till"], 2)["till"].state is State.PENDING


def test_a_cause_to_come_is_called_what_it_is() -> None:
    record = (1, 1, "eve", "cli", "incident.noted", "incident", "1", '[{},""]', 7, None)
    digest = record_link("", (*record, ""))
    with pytest.raises(JournalBroken, match="names entry 7 as its cause, which does not come before it"):
        follow([(*record, digest)], Place())
