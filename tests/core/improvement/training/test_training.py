"""Training recorded, imported, withdrawn and lacking, on a real store."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Service, Staff
from core.catalog.training import Training
from core.endings.model import Sort
from core.endings.queries import endings
from core.errors import BadInput, Moved, NotPermitted, NotPossible
from core.gate.model import Consent, Level
from core.improvement.training.as_of import completions_at, trained_at
from core.improvement.training.asked import training_of_rights
from core.improvement.training.commands import record_training, withdraw_training
from core.improvement.training.importing import import_training
from core.improvement.training.model import TrainingState
from core.improvement.training.needs import Held, why_for_person
from core.improvement.training.queries import completions, to_completion, trained
from core.journal import queries as journal
from core.journal.model import Subject, Via
from core.journal.wording import sentence
from core.security.foreign import Malformed
from core.security.grants.importing import Asked, take_in
from core.security.grants.matching import Of
from core.security.grants.sources.opening import open_source
from core.security.grants.tables import access_grant
from core.store.store import Store, backend_for
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from core.improvement.training.model import Completion
    from core.improvement.training.queries import Trained

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AGENT = Author("agent", Via.AGENT)
ADA, LEA, ROOT = (Author(name, Via.CLI) for name in ("ada", "lea", "root"))
BOX = Consent(Level.BOX)
TODAY = NOW.date()
EYES = Training("eyes", "Four eyes", rights=("payouts",), months=12)
CATALOG = Catalog(
    services={"bank": Service("bank", "Bank")},
    components={"ledger": Component("ledger", "Ledger", "bank")},
    staff={
        "ada": Staff("ada", "Ada", email="ada@desk.example"),
        "lea": Staff("lea", "Lea", role="lead"),
        "roo": Staff("roo", "Roo", login="root", role="admin"),
    },
    trainings={"eyes": EYES, "desk": Training("desk", "At the desk", roles=("operator", "lead", "admin"))},
)
GRANTS = "principal,entitlement,on\nada,payouts,component:ledger\nlea,read,component:ledger\n"


@pytest.fixture
def house(place: Path | str, tmp_path: Path) -> Iterator[Store]:
    store = Store(backend_for(place), now=lambda: NOW)
    store.open()
    store.write(AGENT, load_catalog, CATALOG, directory="/c", digest="1", changes=())
    file = tmp_path / "grants.csv"
    file.write_text(GRANTS)
    store.write(LEA, take_in, open_source(str(file), "csv", ""), Asked(Of("bank", "component:ledger")), BOX)
    yield store
    store.close()


def stands(store: Store, *, on: date = TODAY) -> dict[str, str]:
    return {each.id: each.standing.words for each in store.read(trained, on) if each.why}


def test_what_is_asked_of_somebody_is_missing_until_it_is_recorded_and_expires(house: Store) -> None:
    assert stands(house) == {
        "ada desk": "missing", "ada eyes": "missing", "lea desk": "missing", "roo desk": "missing",
    }  # fmt: skip
    found = house.write(
        LEA, record_training, "ada@desk.example", "eyes", date(2026, 11, 2), evidence="list 7"
    )
    assert (found.label, found.person, found.evidence, found.recorded_by) == ("TR-1", "ada", "list 7", "lea")
    assert stands(house)["ada eyes"] == "valid until 2027-11-01"
    assert stands(house, on=date(2027, 10, 20))["ada eyes"] == "expires soon, valid until 2027-11-01"
    assert stands(house, on=date(2027, 11, 2))["ada eyes"] == "expired 2027-11-02"
    (entry,) = house.read(journal.of_subject, Subject("training", "1"))
    assert sentence(entry) == "TR-1 ada completed eyes on 2026-11-02: list 7"


def test_a_lead_or_admin_records_and_nobody_their_own(house: Store) -> None:
    with pytest.raises(NotPermitted, match="for the role lead"):
        house.write(ADA, record_training, "lea", "desk", NOW.date())
    for who, own in ((LEA, "lea"), (ROOT, "roo"), (ROOT, "root")):
        with pytest.raises(NotPermitted, match="nobody records their own"):
            house.write(who, record_training, own, "desk", NOW.date())
    refused = house.read(journal.of_subject, Subject("staff", "root"))[-1]
    assert (refused.kind, refused.note) == ("staff.refused", "nobody records their own training")
    house.write(ROOT, record_training, "lea", "desk", NOW.date())
    with pytest.raises(NotPermitted, match="nobody records their own"):
        house.write(LEA, withdraw_training, 1, "it was not so", BOX)


@pytest.mark.parametrize(
    ("who", "name", "on", "words"),
    [
        ("adda", "eyes", date(2026, 1, 1), "'adda' is not declared as staff"),
        ("ada", "eye", date(2026, 1, 1), "there is no training 'eye'"),
        ("ada", "eyes", date(2026, 11, 24), "2026-11-24 is still to come"),
        ("ada", "eyes", date(26, 11, 24), "0026-11-24 is longer ago than anybody can have done it"),
    ],
)
def test_what_cannot_be_so_is_refused_and_changes_nothing(
    house: Store, who: str, name: str, on: date, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        house.write(LEA, record_training, who, name, on)
    assert house.read(completions) == []


def test_the_same_is_recorded_once_and_again_after_it_was_withdrawn(house: Store) -> None:
    house.write(LEA, record_training, "ada", "eyes", date(2026, 11, 2))
    with pytest.raises(BadInput, match="TR-1 says so already"):
        house.write(LEA, record_training, "ada", "eyes", date(2026, 11, 2))
    with pytest.raises(BadInput, match="a sentence is asked for"):
        house.write(LEA, withdraw_training, 1, " ", BOX)
    with pytest.raises(BadInput, match="confirmed"):
        house.write(LEA, withdraw_training, 1, "another Ada", Consent())
    with pytest.raises(Moved):
        house.write(LEA, withdraw_training, 1, "another Ada", BOX, 7)
    gone = house.write(LEA, withdraw_training, 1, "another Ada", BOX)
    assert (gone.withdrawn_by, gone.withdrawn_why) == ("lea", "another Ada")
    assert stands(house)["ada eyes"] == "missing"
    with pytest.raises(NotPossible, match="was withdrawn by lea"):
        house.write(LEA, withdraw_training, 1, "once more", BOX)
    assert house.write(LEA, record_training, "ada", "eyes", date(2026, 11, 2)).label == "TR-2"


def test_what_was_recorded_as_of_any_entry(house: Store) -> None:
    seqs = [house.read(journal.newest).seq]
    house.write(LEA, record_training, "ada", "eyes", date(2026, 11, 2))
    seqs.append(house.read(journal.newest).seq)
    house.write(LEA, withdraw_training, 1, "another Ada", BOX)
    seqs.append(house.read(journal.newest).seq)
    found = [house.read(completions_at, seq) for seq in seqs]
    assert [[each.is_withdrawn for each in then] for then in found] == [[], [False], [True]]
    (now,) = house.read(completions)
    (then,) = found[-1]
    assert (then.person, then.on, then.recorded_at, then.withdrawn_why) == (
        now.person, now.on, now.recorded_at, now.withdrawn_why,
    )  # fmt: skip


def test_a_list_is_taken_in_and_says_what_it_did(house: Store) -> None:
    house.write(ROOT, record_training, "lea", "desk", date(2026, 3, 1))
    content = (
        "Who;Course;Completed on;Certificate\n"
        "lea;desk;2026-03-01;\nADA@desk.example;eyes;2026-11-02;no. 5\nroot;desk;2026-03-01;\n"
        "kim;desk;2026-03-01;\nada;forklift;2026-03-01;\nada;desk;soon;\nada;desk;2027-01-01;\nada;desk\n"
        "ada;desk;2026-03-01;=1+1\n"
    )
    came = house.write(ROOT, import_training, content, "list.csv")
    assert (came.read, came.matched) == (9, 1)
    assert [(each.person, each.training, each.evidence) for each in came.created] == [
        ("ada", "eyes", "no. 5"), ("ada", "desk", "'=1+1"),
    ]  # fmt: skip
    assert [place for place, _ in came.refused] == [
        "line 4",
        "line 5",
        "line 6",
        "line 7",
        "line 8",
        "line 9",
    ]
    assert came.refused[0][1] == "nobody records their own training"
    again = house.write(ROOT, import_training, content, "list.csv")
    assert (again.matched, again.created) == (3, ())


def test_what_is_no_such_list_changes_nothing(house: Store) -> None:
    for content in ("a,b\n1,2\n", 'person,training,on\nada,eyes,2026-01-01\nada,"desk,2026'):
        with pytest.raises(Malformed):
            house.write(LEA, import_training, content, "list.csv")
    with pytest.raises(Malformed, match="has more than 20000 lines"):
        house.write(
            LEA, import_training, "person,training,on\n" + "ada,eyes,2026-01-01\n" * 20_001, "list.csv"
        )
    assert house.read(completions) == []
    with pytest.raises(NotPermitted):
        house.write(ADA, import_training, "person,training,on\n", "list.csv")


def test_what_is_lacking_or_expires_stands_among_what_ends(house: Store) -> None:
    for who in ("ada", "roo"):
        house.write(LEA, record_training, who, "desk", date(2026, 1, 1))
    house.write(ROOT, record_training, "lea", "desk", date(2026, 1, 1))
    house.write(LEA, record_training, "ada", "eyes", date(2025, 11, 26))
    found = house.read(endings, NOW, NOW + timedelta(days=7))
    assert [(e.sort, e.subject, e.what, e.owner, e.reason, e.ends_at) for e in found] == [
        (Sort.TRAINING, "ada", "training Four eyes: expires soon, valid until 2026-11-25", "ada",
         "has payouts on component:ledger", datetime(2026, 11, 26, tzinfo=UTC)),
    ]  # fmt: skip
    assert not found[0].is_past(NOW)
    assert house.read(endings, NOW, NOW + timedelta(days=1)) == []
    house.write(LEA, withdraw_training, 4, "another Ada", BOX)
    assert (
        house.read(endings, NOW, NOW + timedelta(days=1)) == []
    )  # what was never completed ends at no instant
    assert [each.id for each in house.read(trained, NOW.date()) if each.is_lacking] == ["ada eyes"]


def test_without_any_training_declared_nothing_is_asked(store: Store) -> None:
    assert store.read(trained, NOW.date()) == []


def test_every_state_has_its_order() -> None:
    assert [each.is_good for each in TrainingState] == [False, False, True, True]


def told(found: list[Trained]) -> dict[str, tuple[str, str]]:
    return {each.id: (each.standing.words, each.why) for each in found}


def test_how_everybody_stood_at_any_entry_is_how_they_stood_then(house: Store, tmp_path: Path) -> None:
    seen = [(house.read(journal.newest).seq, told(house.read(trained, TODAY)))]

    def note() -> None:
        seen.append((house.read(journal.newest).seq, told(house.read(trained, TODAY))))

    house.write(LEA, record_training, "ada", "eyes", date(2026, 10, 2))
    note()
    house.write(LEA, record_training, "ada", "eyes", date(2025, 11, 2))
    note()
    house.write(LEA, withdraw_training, 1, "another Ada", BOX)
    note()
    file = tmp_path / "grants.csv"
    file.write_text(GRANTS.replace("ada,payouts", "lea,payouts").replace("lea,read", "ada,read"))
    house.write(
        LEA, take_in, open_source(str(file), "csv", ""), Asked(Of("bank", "component:ledger"), is_fewer_right=True), BOX
    )  # fmt: skip
    note()
    eyes = replace(EYES, rights=("read",), months=None)
    house.write(
        AGENT,
        load_catalog,
        replace(CATALOG, trainings={"eyes": eyes}),
        directory="/c",
        digest="2",
        changes=(),
    )
    note()
    house.write(LEA, record_training, "ada", "eyes", date(2026, 11, 3))
    note()
    assert len({json.dumps(each) for _, each in seen}) == 5
    assert [told(house.read(trained_at, seq, TODAY)) for seq, _ in seen] == [each for _, each in seen]
    assert house.read(trained_at, 0, TODAY) == []


PATTERNS = (
    "payouts", "PAY*", "*outs", "p?youts", "pay[mno]uts", "*@component:ledger", "read@component:*", "*@*", "100%_x*", "* *", "ΟΔΟΣ",
    "nothing", "*é*",
)  # fmt: skip
RIGHTS = (
    "payouts", "Payouts-all", "read", "100%_x y", "100ab", "ΟΔΟΣ", "CAFÉ crème", "x" * 390 + "payouts-end",
)  # fmt: skip


@pytest.mark.parametrize("pattern", [*PATTERNS, "", "services", "components", "privileged"])
def test_what_is_asked_by_a_right_is_what_all_rights_of_somebody_come_to(
    house: Store, tmp_path: Path, pattern: str
) -> None:
    file = tmp_path / "more.csv"
    lines = [f"ada,{right},component:ledger" for right in RIGHTS] + [
        "lea,*,service:bank",
        "nobody,payouts,host:x",
    ]
    file.write_text("\n".join(["principal,entitlement,on", *lines]))
    house.write(LEA, take_in, open_source(str(file), "csv", ""), Asked(Of("more", "component:ledger")), BOX)
    made = {
        "services": Training("t", "T", services=("bank",)),
        "components": Training("t", "T", components=("ledger",)),
        "privileged": Training("t", "T", privileged=True),
    }.get(pattern, Training("t", "T", rights=(pattern,)))
    catalog = replace(CATALOG, trainings={"t": made})
    house.write(AGENT, load_catalog, catalog, directory="/c", digest="3", changes=())

    def by_all_rights(connection: Connection) -> dict[str, str]:
        rows = connection.execute(select(access_grant).where(access_grant.c.is_open == 1)).all()
        held = [(row.person, Held(row.entitlement, row.thing, bool(row.is_privileged))) for row in rows]
        found = {
            each.id: why_for_person(
                made, each.role, [one for who, one in held if who == each.id], {"ledger": "bank"}
            )
            for each in CATALOG.staff.values()
        }
        return {id_: why for id_, why in found.items() if why}

    assert {each.person: each.why for each in house.read(trained, TODAY)} == house.read(by_all_rights)


def test_only_what_was_completed_last_and_is_asked_for_is_read(
    house: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(1, 20):
        house.write(LEA, record_training, "ada", "eyes", date(2026, 10, day))
    house.write(ROOT, record_training, "lea", "desk", date(2026, 10, 1))
    read: list[int] = []

    def noted(row: Any) -> Completion:
        read.append(row.id)
        return to_completion(row)

    monkeypatch.setattr("core.improvement.training.queries.to_completion", noted)
    assert {each.person for each in house.read(trained, TODAY) if each.is_lacking} == {"ada", "roo"}
    assert sorted(read) == [19, 20]
    read.clear()
    held = Held("payouts", "component:ledger")
    words = house.read(training_of_rights, [("ada", held)], TODAY)
    assert words == {("ada", held): "Four eyes valid until 2027-10-18"}
    assert read == [19]
