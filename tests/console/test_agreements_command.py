"""`watchfloor agreements`: the starter's agreements listed, explained, and asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.__main__ import main
from console.starter import write_starter
from core.catalog.commands import load_catalog
from core.catalog.reader import read_catalog
from core.journal.model import Via
from core.store.work import Author
from tests.core.store.moving.conftest import opened

KEEPER = "keeper@corner-shop.example"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in which the starter is in force."""
    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path / "home"))
    write_starter(tmp_path / "catalog")
    catalog = read_catalog(tmp_path / "catalog").require()
    with opened(tmp_path / "w.db") as store:
        store.write(Author("ada", Via.CLI), load_catalog, catalog, directory="x", digest="y", changes=[])
    return str(tmp_path / "w.db")


def said(capsys: pytest.CaptureFixture[str], place: str, *words: str) -> tuple[int, list[str], str]:
    code = main(["agreements", *words, "--db", place])
    captured = capsys.readouterr()
    return code, captured.out.splitlines(), captured.err


def test_agreements_are_listed_with_hours_and_targets(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _ = said(capsys, place)
    assert (code, len(lines)) == (0, 3)
    assert lines[0].split() == ["ID", "CUSTOMER", "SERVICES", "HOURS", "TARGETS"]
    assert lines[1].startswith("corner-shop-orders  corner-shop  orders")
    assert "1: respond 15m, update 1h, resolve 4h; 2: respond 30m" in lines[1]
    assert "  always open  " in lines[2]


def test_one_agreement_is_explained_in_words(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _ = said(capsys, place, "corner-shop-orders")
    assert code == 0
    for line in (
        "customer      corner-shop (The Corner Shop (sample))",
        "may ask       group shop-keepers (The shop keepers)",
        "else          it is held for a lead to decide",
        "may deliver   every operator",
        "promises      priority 1: respond 15m, update 1h, resolve 4h",
        "waiting       on the customer: resolve and update stand still",
        "priority      impact 1, by urgency 1, 2, 3: 1, 2, 3",
        "request       list-of-orders: A list of orders, of orders",
        "                tells form, a choice of csv, pdf",
        "                approved by 1 of the role lead",
        "                impact 2, urgency 1: priority 2, respond 30m, update 2h, resolve 2h",
    ):
        assert line in lines
    assert any("closed: Christmas Day, 25 Dec" in line for line in lines)


@pytest.mark.parametrize(
    ("words", "code", "first"),
    [
        (["--may-ask", KEEPER, "--service", "orders", "--type", "restart"], 0, "covered: agreement corner-shop-orders: offers restart; group shop-keepers (The shop keepers) may ask"),
        (["--may-ask", "eve@else.example", "--service", "orders"], 1, "held: agreement corner-shop-orders: only group shop-keepers (The shop keepers) may ask"),
        (["--may-ask", KEEPER, "--service", "mail"], 1, "held: agreement corner-shop-orders: covers orders, not mail"),
        (["house-machine", "--may-ask", KEEPER, "--service", "machine"], 1, "held: agreement house-machine: it names nobody who may ask"),
        (["--may-ask", "\x1b[2J", "--service", "\x1b[2J"], 1, 'held: no agreement covers ""'),
    ],
)  # fmt: skip
def test_the_gate_is_asked(
    words: list[str], code: int, first: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer, lines, _ = said(capsys, place, *words)
    assert (answer, lines[0]) == (code, first)
    answer, lines, _ = said(capsys, place, *words, "--json")
    data = json.loads("\n".join(lines))
    assert (answer, data["outcome"]) == (code, first.partition(":")[0])
    assert set(data) == {"outcome", "clause", "customer", "agreement", "since", "also"}


def test_who_may_deliver_is_asked_of_one_agreement(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    staff = read_catalog(Path(place).parent / "catalog").require().staff
    (person,) = staff
    assert said(capsys, place, "corner-shop-orders", "--may-deliver", person)[:2] == (
        0, [f"{person} may deliver under corner-shop-orders"],
    )  # fmt: skip
    code, _, error = said(capsys, place, "corner-shop-orders", "--may-deliver", "nobody-here")
    assert (code, "there is no staff 'nobody-here'" in error) == (1, True)


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (["corner-shop-order"], 1, "there is no agreement 'corner-shop-order'. Did you mean \"corner-shop-orders\"?"),
        (["--may-ask", KEEPER], 2, "what is asked for is not said. Add --service ID"),
        (["--service", "orders"], 2, "--service does nothing with agreements without --may-ask"),
        (["--may-deliver", "ada"], 2, "under which agreement is not said"),
        (["corner-shop-orders", "--may-deliver", "ada", "--type", "x"], 2, "--type does nothing with --may-deliver"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_one_clear_line(
    words: list[str], code: int, error: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer, lines, told = said(capsys, place, *words)
    assert (answer, lines) == (code, [])
    assert told.startswith(f"watchfloor: {error}")
    assert told.count("\n") == 1


def test_an_agreement_as_json_has_all_it_says_and_how_its_hours_stand(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, lines, _ = said(capsys, place, "corner-shop-orders", "--json")
    data = json.loads("\n".join(lines))
    assert [each["id"] for each in data["request_types"]] == ["list-of-orders", "restart"]
    assert data["hours"]["calendar"] == "shop-hours"
    assert isinstance(data["hours"]["open"], bool)
    _, lines, _ = said(capsys, place, "--json")
    assert [each["id"] for each in json.loads("\n".join(lines))] == ["corner-shop-orders", "house-machine"]


def test_where_nothing_is_declared_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path / "home"))
    with opened(tmp_path / "w.db"):
        pass
    assert said(capsys, str(tmp_path / "w.db"))[:2] == (0, ["No agreement is declared."])


def test_an_agreement_is_tried_before_it_is_in_force_and_nothing_is_changed(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    catalog = Path(place).with_name("catalog")
    code, lines, _ = said(capsys, place, "--try", str(catalog), "--days", "7")
    assert (code, lines[0]) == (0, "Nothing would be due otherwise.")
    assert (
        "0 items opened, 0 would be due otherwise; promises broken 0, would be 0: 0 more, 0 less" in lines[1]
    )
    assert lines[2].startswith("Nothing was changed")
    _, lines, _ = said(capsys, place, "--try", str(catalog), "--days", "400")
    assert lines[2] == "Only the last 366 days were tried."
    first = json.loads("".join(said(capsys, place, "--json")[1]))[0]["id"]
    data = json.loads("".join(said(capsys, place, first, "--rejudge", "1", "--json")[1]))
    assert (data["by"], data["changed"], data["otherwise"]) == (f"by version 1 of {first}", False, [])


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        (("--rejudge", "1"), "which agreement is to be judged by is not said"),
        (("nothing", "--rejudge", "1"), "there is no version 1 of an agreement 'nothing'"),
        (("--try", "/nowhere"), "the catalog has problems"),
        (("--days", "3"), "--days"),
        (("--try", ".", "--service", "till"), "--service"),
    ],
)
def test_a_trial_that_cannot_be_says_why(
    place: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], trouble: str
) -> None:
    code, lines, error = said(capsys, place, *words)
    assert (code > 0, lines) == (True, [])
    assert trouble in error


@pytest.mark.parametrize("command", [["agreements", "--try", "."], ["oncall", "gaps"]])
def test_days_that_lead_out_of_all_years_are_refused(
    place: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--db", place, *command, "--days", "99999999999"])
    assert "--days: '99999999999' is more than 36,600 days" in capsys.readouterr().err
