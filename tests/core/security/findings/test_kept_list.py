"""The list of exploited vulnerabilities is kept: what is due is the same whichever came first, the list or the report."""

from __future__ import annotations

import json
from datetime import date
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from core.errors import BadInput, NotPossible
from core.gate.undo import take_back
from core.journal.queries import of_subject
from core.restorers import RESTORERS
from core.security.findings import commands
from core.security.findings.importing import preview
from core.security.findings.kept_list import kept_list, lines_of_list
from core.security.findings.preparing import Asked
from core.security.findings.reports.reading import read_report
from core.security.findings.revising import subject
from tests.core.security.findings.house import BOX, SAMPLES, the_list, the_table

if TYPE_CHECKING:
    from pathlib import Path

    from core.security.findings.model import Finding
    from tests.core.security.findings.house import House

A, B, C = "CVE-2026-2001", "CVE-2026-2002", "CVE-2026-2003"
BY_LIST = "known to be exploited"


def due(found: Finding) -> tuple[str, str, bool]:
    return str(found.due), found.due_rule, found.exploited.is_listed


def test_what_a_report_brings_behind_the_list_is_due_by_it(house: House, tmp_path: Path) -> None:
    house.take_in(the_list(tmp_path, {A: "2026-11-26"}))
    came = house.take_in(the_table(tmp_path, f"{A},lib,low", f"{B},lib,low"))
    assert due(house.one(A)) == ("2026-11-26", BY_LIST, True)
    assert due(house.one(B)) == ("2027-03-23", "low: 120 days", False)
    assert [each.vulnerability for each in came.by_list] == [A]
    entry = house.store.read(of_subject, subject(house.one(A).id))[0]
    assert (entry.kind, entry.note) == ("finding.created", "on the list of those that are exploited (S-1)")


def test_a_finding_that_is_known_becomes_due_by_the_list_with_its_next_report(
    house: House, tmp_path: Path
) -> None:
    house.take_in(the_table(tmp_path, f"{A},lib,low"))
    house.do(commands.rule_out_finding, house.one(A).id, "component_not_present", "not built in", BOX)
    house.take_in(the_list(tmp_path, {A: "2026-11-26", B: "", C: "2026-12-20"}))
    first = house.take_in(the_table(tmp_path, f"{A},lib,low", f"{B},lib,low", f"{C},lib,critical"))
    assert not house.one(A).exploited.is_listed  # what does no harm is left alone
    assert due(house.one(B)) == ("2026-12-07", BY_LIST, True)
    assert due(house.one(C)) == ("2026-11-30", "critical: 7 days", True)
    assert [each.vulnerability for each in first.by_list] == [B]
    assert (
        house.take_in(the_table(tmp_path, f"{A},lib,low", f"{B},lib,low", f"{C},lib,critical")).changed == 0
    )


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_imports_decides_nothing(house: House, tmp_path: Path, order: tuple[int, ...]) -> None:
    files = [
        (the_table(tmp_path, f"{A},lib,low", f"{B},lib,high,yes,2026-11-29"), "one"),
        (the_table(tmp_path, f"{A},lib,low,yes,2026-12-01", f"{B},lib,high,yes,2026-12-02"), "two"),
        (the_table(tmp_path, f"{C},other,medium"), "three"),
        (the_list(tmp_path, {A: "2026-11-27", B: "2026-11-26", C: ""}), ""),
    ]
    for n in order:
        path, source = files[n]
        house.take_in(path, source=source)
    assert [due(house.one(name)) for name in (A, B, C)] == [
        ("2026-11-27", BY_LIST, True),
        ("2026-11-26", BY_LIST, True),
        ("2026-12-07", BY_LIST, True),
    ]


def test_the_next_whole_list_takes_the_place_of_the_one_before(house: House, tmp_path: Path) -> None:
    house.take_in(the_list(tmp_path, {A: "2026-11-26", B: "2026-11-27"}))
    house.take_in(the_table(tmp_path, f"{A},lib,low", f"{B},lib,low"))
    house.pass_(hours=1)
    came = house.take_in(the_list(tmp_path, {B: "2026-11-28", C: "2026-11-29"}, "2026-11-23T09:30:00Z"))
    assert came.listed is not None
    counts = {name: [row["vulnerability"] for row in rows] for name, rows in came.listed.parts().items()}
    assert (counts, came.listed.on) == ({"put_on": [C], "changed": [B], "taken_off": [A]}, 2)
    assert due(house.one(A)) == ("2027-03-23", "low: 120 days", False)
    assert due(house.one(B)) == ("2026-11-28", BY_LIST, True)
    lines = house.store.read(lines_of_list)
    assert [(each.vulnerability, str(each.due), str(each.added), each.report) for each in lines] == [
        (B, "2026-11-28", "2026-11-20", "S-3"),
        (C, "2026-11-29", "2026-11-20", "S-3"),
    ]
    house.take_in(the_table(tmp_path, f"{A},lib,low", f"{B},lib,low", f"{C},lib,low"))
    assert [house.one(name).exploited.is_listed for name in (A, B, C)] == [False, True, True]
    house.take_in(the_list(tmp_path, {A: "2026-11-25", B: "2026-11-28"}, "2026-11-23T09:40:00Z"))
    assert [(each.vulnerability, each.report) for each in house.store.read(lines_of_list)] == [
        (A, "S-5"),
        (B, "S-3"),
    ]


def test_a_list_with_a_line_that_cannot_be_read_adds_to_the_one_that_is_kept(
    house: House, tmp_path: Path
) -> None:
    house.take_in(the_list(tmp_path, {A: "2026-11-26"}))
    came = house.take_in(the_list(tmp_path, {B: "2026-11-27", C: "soon"}))
    assert came.listed is not None
    assert (came.listed.on, came.listed.taken_off) == (2, ())
    house.take_in(the_table(tmp_path, f"{A},lib,low", f"{B},lib,low", f"{C},lib,low"))
    assert [house.one(name).exploited.is_listed for name in (A, B, C)] == [True, True, False]


def test_a_list_that_is_refused_leaves_the_one_that_is_kept(house: House, tmp_path: Path) -> None:
    house.take_in(the_list(tmp_path, {A: "2026-11-26"}))
    opened = read_report(the_list(tmp_path, {B: "2026-11-27"}))
    house.store.read(preview, opened, Asked(), house.now)
    for path, source in (
        (the_list(tmp_path, {B: ""}, "2026-11-22T08:00:00Z"), "kev"),
        (the_list(tmp_path, {B: ""}, "2026-11-22T08:00:00Z"), "another"),
        (the_list(tmp_path, {}), ""),
    ):
        with pytest.raises(BadInput, match=r"is kept|that anything was looked at"):
            house.take_in(path, source=source)
    assert house.store.read(kept_list).days == {A: date(2026, 11, 26)}


def test_a_preview_says_what_the_list_would_do_and_keeps_nothing(house: House, tmp_path: Path) -> None:
    came = house.store.read(preview, read_report(the_list(tmp_path, {A: "2026-11-26"})), Asked(), house.now)
    assert came.listed is not None
    assert (came.listed.on, house.store.read(kept_list).is_there) == (1, False)
    house.take_in(the_list(tmp_path, {A: "2026-11-26"}))
    came = house.store.read(preview, read_report(the_table(tmp_path, f"{A},lib,low")), Asked(), house.now)
    assert [each.vulnerability for each in came.by_list] == [A]


@pytest.mark.parametrize("is_list_first", [True, False])
def test_a_finding_is_found_on_the_list_by_whatever_it_goes_by(
    house: House, tmp_path: Path, is_list_first: bool
) -> None:
    notice = {
        "id": "DSA-5001-1", "aliases": ["CVE-2026-2002", "cve-2026-2001"], "fix_versions": [], "description": "",
    }  # fmt: skip
    audit = tmp_path / "audit.json"
    package = {"name": "lib", "version": "1", "vulns": [notice]}
    audit.write_text(json.dumps({"dependencies": [package], "fixes": []}))
    listed = the_list(tmp_path, {A: "2026-11-26", B: "2026-11-25"})
    if is_list_first:
        house.take_in(listed)
    house.take_in(audit, "db")
    if not is_list_first:
        assert house.take_in(listed).matched == 2
    assert due(house.one("DSA-5001-1")) == ("2026-11-25", BY_LIST, True)
    house.pass_(hours=1)
    house.take_in(the_list(tmp_path, {C: ""}, "2026-11-23T09:30:00Z"))
    assert not house.one("DSA-5001-1").exploited.is_listed


def test_once_a_list_was_imported_no_scanner_takes_off_what_another_put_on(
    house: House, tmp_path: Path
) -> None:
    house.take_in(the_list(tmp_path, {B: "2026-11-26"}))
    house.take_in(the_table(tmp_path, f"{A},lib,low,yes,2026-11-29"))
    assert due(house.one(A)) == ("2026-11-29", BY_LIST, True)
    house.take_in(the_table(tmp_path, f"{A},lib,low", f"{C},lib,low,yes"))
    assert due(house.one(A)) == ("2026-11-29", BY_LIST, True)


def test_who_opens_again_what_had_ended_finds_the_list_as_it_is_now(house: House, tmp_path: Path) -> None:
    house.take_in(the_table(tmp_path, f"{A},lib,low", f"{B},lib,low,yes,2026-11-26", f"{C},lib,low"))
    for name in (A, B):
        house.do(commands.rule_out_finding, house.one(name).id, "component_not_present", "not there", BOX)
    house.take_in(the_list(tmp_path, {A: "2026-11-27", C: "2026-11-28"}))
    house.pass_(hours=1)
    house.take_in(the_table(tmp_path, f"{B},lib,low"))
    assert house.one(C).state == "verified"
    for name in (A, B, C):
        house.do(commands.reopen_finding, house.one(name).id, "it is there", BOX)
    assert due(house.one(A)) == ("2026-11-27", BY_LIST, True)
    assert due(house.one(B)) == ("2027-03-23", "low: 120 days", False)
    assert due(house.one(C)) == ("2026-11-28", BY_LIST, True)


def test_what_a_report_opens_again_is_due_by_the_list_as_it_is_now(house: House, tmp_path: Path) -> None:
    both = the_table(tmp_path, f"{A},lib,low", f"{B},lib,low,yes,2026-11-26", f"{C},lib,low")
    house.take_in(both)
    house.pass_(hours=1)
    house.take_in(the_table(tmp_path, f"{C},lib,low"))
    assert {house.one(name).state for name in (A, B)} == {"verified"}
    house.take_in(the_list(tmp_path, {A: "2026-11-27"}))
    house.pass_(hours=1)
    came = house.take_in(the_table(tmp_path, f"{A},lib,low", f"{B},lib,low", f"{C},lib,low"))
    assert (came.reopened, [each.vulnerability for each in came.by_list]) == (2, [A])
    assert due(house.one(A)) == ("2026-11-27", BY_LIST, True)
    assert due(house.one(B)) == ("2027-03-23", "low: 120 days", False)


def test_a_statement_that_it_does_harm_after_all_finds_the_list(house: House, tmp_path: Path) -> None:
    house.take_in(SAMPLES / "trivy.json")
    number = house.one("CVE-2026-1002").id
    house.do(commands.rule_out_finding, number, "component_not_present", "not there", BOX)
    house.take_in(the_list(tmp_path, {"CVE-2026-1002": "2026-11-26"}))
    said = json.loads((SAMPLES / "openvex.json").read_text())
    said["statements"] = said["statements"][:1]
    path = tmp_path / "affected.json"
    path.write_text(json.dumps(said))
    house.take_in(path)
    found = house.one("CVE-2026-1002")
    assert (found.state, due(found)) == ("reopened", ("2026-11-26", BY_LIST, True))


def test_taking_back_a_grade_does_not_take_back_the_day_of_the_list(house: House, tmp_path: Path) -> None:
    house.take_in(the_table(tmp_path, f"{A},lib,low"))
    number = house.one(A).id

    def grade(severity: str) -> int:
        house.do(commands.grade_finding, number, severity, "as it is built in here")
        return house.store.read(of_subject, subject(number))[-1].seq

    before = grade("high")
    house.take_in(the_list(tmp_path, {A: "2026-11-26"}))
    with pytest.raises(NotPossible, match="changed since"):
        house.do(take_back, RESTORERS, before)
    behind = grade("low")
    house.do(take_back, RESTORERS, behind)
    assert (house.one(A).severity, due(house.one(A))) == ("high", ("2026-11-26", BY_LIST, True))
