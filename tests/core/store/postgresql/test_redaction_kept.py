"""On a server a text is taken out by its own functions alone: by an admin, by the marker, and with an entry that says so."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import errors

from core.catalog.commands import load_catalog
from core.desk import commands
from core.desk.requests import commands as requests
from core.errors import NotPermitted
from core.gate.rights import Role
from core.journal import queries as journal
from core.journal.body import body_text
from core.journal.model import Subject, Via
from core.journal.redacted import CHARACTERS, ENTRIES
from core.journal.seals import pieces, standing
from core.journal.verifying import Verifier, verify
from core.redaction.commands import redact
from core.redaction.queries import find_text
from core.redaction.text import out_of_body
from core.security.findings.importing import import_report
from core.security.findings.preparing import Asked as Findings
from core.security.findings.reports.reading import read_report
from core.security.grants.importing import Asked as Grants
from core.security.grants.importing import take_in
from core.security.grants.matching import Of
from core.security.grants.sources.opening import open_source
from core.security.signals.commands import acknowledge_signal
from core.security.signals.model import Raised, Severity
from core.security.signals.queries import one_signal
from core.security.signals.taking_in import From, raise_signal
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import to_micros, utc_now
from tests.core.redaction.secrets_typed import SECRET, consent, texts_holding, type_secrets
from tests.core.security.findings.house import CATALOG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from psycopg import Connection

    from tests.core.store.postgresql.conftest import House

ADA = Author("ada", Via.CONSOLE, "seat-1")
AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")
SUBJECT = Subject("incident", "1")


@pytest.fixture
def ada(house: House) -> Iterator[Store]:
    store = Store.at(house.person("ada", Role.OPERATOR))
    type_secrets(store, ADA)
    yield store
    store.close()


@pytest.fixture
def eva(house: House, ada: Store) -> Iterator[Store]:
    assert ada
    store = Store.at(house.person("eva", Role.ADMIN))
    yield store
    store.close()


def test_an_admin_takes_it_out_of_everything(eva: Store) -> None:
    eva.write(ADA, redact, SUBJECT, SECRET, consent("I-1"), everywhere=True)
    assert eva.read(texts_holding, "hunter", "zurich") == []
    verdict = verify(pieces(eva, eva.read(standing)), Verifier())
    assert {each.actor for each in verdict.redacted} == {"eva"}
    assert not eva.read(lambda one: one.exec_driver_sql("SELECT * FROM redacting").all())


def test_work_goes_on_by_the_same_rules_afterwards(eva: Store, ada: Store, house: House) -> None:
    eva.write(ADA, redact, SUBJECT, SECRET, consent("I-1"), everywhere=True)
    ada.write(ADA, commands.take_incident, 1)
    with connect(house.person("bob", Role.LEAD)) as psql:
        psql.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in ("UPDATE incident SET title = 'other'", "UPDATE message SET body = 'other'"):
            with pytest.raises(errors.InsufficientPrivilege), psql.transaction():
                psql.execute(statement.encode())


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.LEAD, Role.REVIEWER, Role.AGENT])
def test_nobody_else_may_call_it(ada: Store, house: House, role: Role) -> None:
    assert ada
    with connect(house.person("bob", role)) as psql:
        for call in ("redact_entry(1, 'password')", "redact_rows('request', '1', 'password')"):
            with (
                pytest.raises(errors.InsufficientPrivilege, match="asks for the role admin"),
                psql.transaction(),
            ):
                psql.execute(f"SELECT {call}".encode())


def test_the_command_is_refused_to_a_lead(ada: Store, house: House) -> None:
    store = Store.at(house.person("bob", Role.LEAD))
    with pytest.raises(NotPermitted, match="for the role admin"):
        store.write(ADA, redact, SUBJECT, SECRET, consent("I-1"))
    store.close()
    assert ada.read(find_text, SUBJECT, SECRET).times


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET body = '[{},\"\"]' WHERE seq = 1",
        "DELETE FROM journal WHERE seq = 1",
        "INSERT INTO redacting SELECT pg_current_xact_id(), 'request', '1', 1, 'x'",
        "UPDATE text_place SET plain = '{state}'",
        "ALTER TABLE journal DISABLE TRIGGER journal_stays",
    ],
)
def test_nobody_changes_it_otherwise(eva: Store, house: House, statement: str) -> None:
    assert eva
    with connect(house.person("zoe", Role.ADMIN)) as psql, pytest.raises(errors.InsufficientPrivilege):
        psql.execute(statement.encode())


def test_the_owner_does_not_either(eva: Store, house: House) -> None:
    assert eva
    with house.database.connect() as owner:
        owner.execute("SET search_path = watchfloor")
        with pytest.raises(errors.InsufficientPrivilege, match="only ever added to"):
            owner.execute("UPDATE journal SET body = replace(body, 'log in', '[redacted]') WHERE seq = 1")


def test_what_was_taken_out_is_said_or_it_was_not(eva: Store, house: House) -> None:
    address = house.person("zoe", Role.ADMIN)
    for call in ("redact_entry(1, 'log in')", "redact_rows('request', '1', 'log in')"):
        with connect(address) as psql:
            psql.execute(f"SELECT {call}".encode())
            with pytest.raises(errors.InsufficientPrivilege, match="no entry of this transaction"):
                psql.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert eva.read(find_text, Subject("request", "1"), "log in").times


def tell(address: str, make: Callable[[str], list[tuple[str, str, str]]]) -> None:
    """Takes a text out of entry 1 and says of it what `make` makes of the hash it has now: (kind, id, body) of each entry."""
    with connect(address) as psql:
        row = psql.execute("SELECT redact_entry(1, 'log in')").fetchone()
        assert row is not None
        append(psql, make(row[0]))
        psql.execute("SET CONSTRAINTS ALL IMMEDIATE")


def append(psql: Connection[Any], entries: list[tuple[str, str, str]]) -> None:
    said = [("zoe", kind, "request", id_, body, None, None) for kind, id_, body in entries]
    psql.execute("SELECT journal_append(0, 'cli', NULL, %s::jsonb)", (json.dumps(said),))


def redacted(pairs: object) -> str:
    return body_text({ENTRIES: (None, pairs), CHARACTERS: (None, 6)}, "why")


@pytest.mark.parametrize(
    ("pairs", "about"),
    [
        ([[1, "0" * 64]], "1"),
        ([[2, None]], "1"),
        ([], "2"),
        ([], "1"),
        ("x", "1"),
        ([[1, "ours"], [3, "0" * 64]], "1"),
    ],
)
def test_it_is_said_as_it_was(eva: Store, house: House, pairs: Any, about: str) -> None:
    assert eva
    address = house.person("zoe", Role.ADMIN)

    def make(ours: str) -> list[tuple[str, str, str]]:
        return [("request.redacted", about, redacted(pairs).replace("ours", ours))]

    with pytest.raises(errors.InsufficientPrivilege):
        tell(address, make)


def test_said_as_it_was_it_is_let_in(eva: Store, house: House) -> None:
    tell(house.person("zoe", Role.ADMIN), lambda ours: [("request.redacted", "1", redacted([[1, ours]]))])
    assert [each.entry for each in verify(pieces(eva, eva.read(standing)), Verifier()).redacted] == [1]


def test_nothing_else_is_done_with_it(eva: Store, house: House) -> None:
    assert eva
    address = house.person("zoe", Role.ADMIN)

    def make(ours: str) -> list[tuple[str, str, str]]:
        return [("request.redacted", "1", redacted([[1, ours]])), ("request.noted", "1", '[{},"x"]')]

    with pytest.raises(errors.InsufficientPrivilege, match="more than that"):
        tell(address, make)


def test_an_entry_without_it_is_refused(eva: Store, house: House) -> None:
    assert eva
    with (
        connect(house.person("zoe", Role.ADMIN)) as psql,
        pytest.raises(errors.InsufficientPrivilege, match="which is not so"),
    ):
        append(psql, [("request.redacted", "1", redacted([]))])


@pytest.mark.parametrize("call", ["redact_entry(1, '')", "redact_entry(1, 'dact')", "redact_entry(1, 'not there')", "redact_rows('request', '1', NULL)"])  # fmt: skip
def test_bad_pieces_are_refused(eva: Store, house: House, call: str) -> None:
    assert eva
    with connect(house.person("zoe", Role.ADMIN)) as psql, pytest.raises(errors.InvalidParameterValue):
        psql.execute(f"SELECT {call}".encode())


@pytest.mark.parametrize("piece", [SECRET, "my password", "mail", "new", "\n", "é€", "request"])
def test_the_server_makes_of_a_body_what_the_program_makes(eva: Store, piece: str) -> None:
    bodies = [
        *(body_text(each.changes, each.note) for each in eva.read(journal.page)),
        body_text({"form": ("{}", json.dumps({"pw": SECRET, "é€": [1, 2.50, None, piece]})), "title": ("", 'new "é€" \t\x01 mail')}, "\\"),
    ]  # fmt: skip
    for body in bodies:
        there = eva.read(
            lambda one, body=body: one.exec_driver_sql("SELECT out_of_body(%s, %s)", (body, piece)).scalar()
        )
        assert there == out_of_body(body, piece).text


def test_others_work_on_meanwhile(eva: Store, house: House) -> None:
    addresses = [house.person(name, Role.OPERATOR) for name in ("kim", "lou")]

    def work(address: str) -> None:
        store = Store.at(address)
        try:
            for n in range(40):
                store.write(ADA, requests.note_request, 1, f"note {n}")
                store.write(ADA, requests.set_priority, 1, 1 + n % 3)
        finally:
            store.close()

    with ThreadPoolExecutor(len(addresses)) as pool:
        doing = [pool.submit(work, address) for address in addresses]
        for piece in ("my password is", "another", SECRET):
            eva.write(ADA, redact, SUBJECT, piece, consent("I-1"), everywhere=True)
        for each in doing:
            each.result()
    assert eva.read(texts_holding, "hunter", "zurich") == []
    assert verify(pieces(eva, eva.read(standing)), Verifier()).redacted


def test_it_is_taken_out_of_the_evidence_of_a_signal_and_its_guards_hold_on(house: House) -> None:
    agent, admin, lee = (
        Store.at(house.person(name, role))
        for name, role in (("agent", Role.AGENT), ("zoe", Role.ADMIN), ("lee", Role.LEAD))
    )
    at, origin = to_micros(utc_now()), From("auth", "auth of shop-1")
    raised = Raised("not-in-sudoers", Severity.HIGH, "t", "bob", 1, at, at, (f"sudo --password={SECRET}",))
    number = agent.write(AGENT, raise_signal, origin, raised)
    subject = Subject("signal", str(number))
    with pytest.raises(NotPermitted, match="for the role admin"):
        lee.write(Author("lee", Via.CONSOLE), redact, subject, SECRET, consent(f"SG-{number}"))
    admin.write(Author("zoe", Via.CONSOLE), redact, subject, SECRET, consent(f"SG-{number}"))
    assert admin.read(one_signal, number).samples == ("sudo --password=[redacted]",)
    assert admin.read(texts_holding, "hunter", "zurich") == []
    assert verify(pieces(admin, admin.read(standing)), Verifier()).redacted
    assert agent.write(AGENT, raise_signal, origin, raised._replace(times=20, samples=("more",))) == number
    assert lee.write(Author("lee", Via.CONSOLE), acknowledge_signal, number, "looked at").count == 21
    with connect(house.person("bea", Role.LEAD)) as psql:
        psql.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(errors.InsufficientPrivilege):
            psql.execute("UPDATE signal SET why = 'nothing at all'")
    for store in (agent, admin, lee):
        store.close()


@pytest.mark.parametrize("kind", ["finding", "grant"])
def test_the_words_that_an_item_is_found_by_are_made_anew_by_an_admin(
    house: House, tmp_path: Path, kind: str
) -> None:
    ops, admin = (
        Store.at(house.person(name, role)) for name, role in (("ada", Role.OPERATOR), ("zoe", Role.ADMIN))
    )
    admin.write(Author("zoe", Via.CONSOLE), load_catalog, CATALOG, directory="x", digest="1", changes=[])
    said = "left by Hunter22"
    if kind == "finding":
        report = tmp_path / "report.csv"
        report.write_text(
            f"vulnerability,component,package,version,severity,title\nCVE-2026-1,web,lib,1,high,{said}\n"
        )
        ops.write(ADA, import_report, read_report(report), Findings("", "", False))
    else:
        table = tmp_path / "grants.csv"
        table.write_text(f"user,role,reason\nalice,reader,{said}\n")
        ops.write(ADA, take_in, open_source(str(table)), Grants(Of("table", "service:shop"), str(table)))
    subject = Subject(kind, "1")
    admin.write(Author("zoe", Via.CONSOLE), redact, subject, "Hunter22", consent(f"{kind[0].upper()}-1"))
    assert admin.read(texts_holding, "hunter") == []
    assert verify(pieces(admin, admin.read(standing)), Verifier()).redacted
    for store in (ops, admin):
        store.close()
