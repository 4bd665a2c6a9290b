"""A report is taken in: what is new, seen again, gone, back, and refused."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import BadInput
from core.journal.queries import of_subject
from core.security.findings import commands
from core.security.findings.importing import preview
from core.security.findings.model import FindingState, Severity
from core.security.findings.preparing import Asked
from core.security.findings.queries import one_scan, weakenings_until
from core.security.findings.reports.reading import read_report
from core.security.findings.revising import subject
from core.store.lease import take_lease
from tests.core.security.findings.house import AGENT, BOX, SAMPLES, WEB_IMAGE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.core.security.findings.house import House

_S = FindingState


def report(
    path: Path, found: dict[str, dict[str, Any]], at: str = "2026-11-23T08:00:00Z", **more: Any
) -> Path:
    """Writes a report in Trivy's format: {vulnerability: its fields}."""
    lines = [
        {"VulnerabilityID": name, "PkgName": "lib", "InstalledVersion": "1.0", "Severity": "HIGH", **fields}
        for name, fields in found.items()
    ]
    document = {
        "SchemaVersion": 2, "ArtifactName": f"{WEB_IMAGE}:1", "CreatedAt": at,
        "Results": [{"Target": "x", "Class": "os-pkgs", "Vulnerabilities": lines}], **more,
    }  # fmt: skip
    path.write_text(json.dumps(document))
    return path


A, B = "CVE-2026-2001", "CVE-2026-2002"


def test_a_first_report_creates_what_it_lists(house: House) -> None:
    came = house.take_in(SAMPLES / "trivy.json")
    assert (came.read, came.matched, came.created, came.closed, came.reopened) == (5, 4, 3, 0, 0)
    assert came.refusals == (("Results[1].Vulnerabilities[2]", "names no vulnerability"),)
    found = house.all()
    assert set(found) == {
        ("CVE-2026-1001", "libssl3"),
        ("CVE-2026-1002", "zlib1g"),
        ("CVE-2026-1003", "jinja-two"),
    }
    jinja = found["CVE-2026-1003", "jinja-two"]
    assert (jinja.package_version, jinja.path) == ("2.1, 2.0", "app/lib/jinja, tools/lib/jinja")
    assert (jinja.state, jinja.severity, jinja.component) == (_S.NEW, Severity.HIGH, "web")
    assert (jinja.due, jinja.due_rule) == (date(2026, 12, 7), "agreement gold: 14 days")


def test_the_same_report_again_changes_nothing(house: House) -> None:
    house.take_in(SAMPLES / "trivy.json")
    before = house.all()
    came = house.take_in(SAMPLES / "trivy.json")
    assert (came.created, came.changed, came.closed, came.reopened) == (0, 0, 0, 0)
    assert house.all() == before


def test_another_version_path_and_severity_are_the_same_finding(house: House, tmp_path: Path) -> None:
    house.take_in(report(tmp_path / "a", {A: {}}))
    house.pass_(days=1)
    changed = {A: {"InstalledVersion": "1.1", "FixedVersion": "2.0", "Severity": "CRITICAL"}}
    came = house.take_in(report(tmp_path / "b", changed, at="2026-11-24T08:00:00Z"))
    assert (came.created, came.changed, came.closed) == (0, 1, 0)
    found = house.one(A)
    assert (found.package_version, found.fixed_in, found.severity) == ("1.1", "2.0", Severity.CRITICAL)
    assert found.due == date(2026, 11, 30)  # critical: 7 days from the start


def test_what_is_gone_is_verified_by_the_report_and_back_it_begins_anew(house: House, tmp_path: Path) -> None:
    house.take_in(report(tmp_path / "a", {A: {}, B: {}}))
    house.pass_(days=1)
    came = house.take_in(report(tmp_path / "b", {A: {}}, at="2026-11-24T08:00:00Z"))
    assert (came.closed, came.scan.label if came.scan else "") == (1, "S-2")
    gone = house.one(B)
    assert (gone.state, gone.proof, gone.in_time, gone.seen_in) == (_S.VERIFIED, "S-2", True, ())
    entries = house.store.read(of_subject, subject(gone.id))
    scan_entry = house.store.read(of_subject, subject(gone.id)._replace(kind="scan", id="2"))[0]
    assert (entries[-1].kind, entries[-1].cause) == ("finding.verified", scan_entry.seq)
    house.pass_(days=1)
    came = house.take_in(report(tmp_path / "c", {A: {}, B: {}}, at="2026-11-25T08:00:00Z"))
    assert (came.created, came.reopened) == (0, 1)
    back = house.one(B)
    assert (back.state, back.start, back.proof, back.in_time) == (_S.REOPENED, date(2026, 11, 25), "", None)


def test_another_source_closes_only_what_it_alone_had_named(house: House, tmp_path: Path) -> None:
    house.take_in(report(tmp_path / "a", {A: {}}))
    house.take_in(report(tmp_path / "b", {A: {}, B: {}}), source="second")
    assert house.one(A).seen_in == (f"trivy {WEB_IMAGE}", f"second {WEB_IMAGE}")
    house.pass_(days=1)
    came = house.take_in(
        report(tmp_path / "c", {"CVE-2026-2003": {}}, at="2026-11-24T08:00:00Z"), source="second"
    )
    assert (came.closed, came.changed) == (1, 1)
    assert (house.one(A).state, house.one(A).seen_in) == (_S.NEW, (f"trivy {WEB_IMAGE}",))
    assert house.one(B).state is _S.VERIFIED


def test_of_a_report_with_lines_that_cannot_be_read_nothing_is_closed(house: House, tmp_path: Path) -> None:
    house.take_in(report(tmp_path / "a", {A: {}, B: {}}))
    house.pass_(days=1)
    came = house.take_in(report(tmp_path / "b", {A: {}, "": {}}, at="2026-11-24T08:00:00Z"))
    assert (came.closed, came.not_closed, len(came.refusals)) == (0, 1, 1)
    assert house.one(B).state is _S.NEW


def test_what_was_said_to_be_corrected_and_is_still_there_keeps_its_day(house: House, tmp_path: Path) -> None:
    house.take_in(report(tmp_path / "a", {A: {}}))
    number, due = house.one(A).id, house.one(A).due
    house.pass_(days=1)
    house.do(commands.correct_finding, number)
    assert house.one(A).in_time is True
    house.take_in(report(tmp_path / "b", {A: {}}, at="2026-11-24T08:00:00Z"))  # made an hour before
    assert house.one(A).state is _S.CORRECTED
    house.pass_(days=1)
    came = house.take_in(report(tmp_path / "c", {A: {}}, at="2026-11-25T08:00:00Z"))
    assert came.reopened == 1
    found = house.one(A)
    assert (found.state, found.due, found.corrected_at, found.corrected_by) == (_S.REOPENED, due, None, "")


def test_an_accepted_risk_ends_by_itself_and_no_report_opens_it_again(house: House, tmp_path: Path) -> None:
    house.take_in(report(tmp_path / "a", {A: {}, B: {}}))
    first, second = house.one(A).id, house.one(B).id
    until = date(2026, 11, 30)
    house.do(commands.accept_finding, first, until, "ada", "no way in", BOX)
    house.do(commands.accept_finding, second, until, "ada", "no way in", BOX, restarts=True)
    house.pass_(days=1)
    came = house.take_in(report(tmp_path / "b", {A: {}, B: {}}, at="2026-11-24T08:00:00Z"))
    assert (came.reopened, house.one(A).state) == (0, _S.ACCEPTED)
    week = house.store.read(weakenings_until, house.now, house.now + timedelta(days=7))
    assert [(each.subject, each.owner, each.reason, each.ends_on) for each in week] == [
        (f"F-{first}", "ada", "no way in", until), (f"F-{second}", "ada", "no way in", until),
    ]  # fmt: skip
    assert house.store.read(weakenings_until, house.now, house.now + timedelta(days=3)) == []
    token = house.do(take_lease, commands.DUTY, "agent:h:1:a", over=None, info={}, author=AGENT)
    house.pass_(days=6)
    assert not house.store.read(commands.is_acceptance_over, house.now.date())  # the day itself still counts
    house.pass_(days=1)
    assert house.store.read(commands.is_acceptance_over, house.now.date())
    assert not house.do(commands.end_acceptances, token, author=AGENT)
    assert (house.one(A).state, house.one(A).start) == (_S.REOPENED, date(2026, 11, 23))
    assert (house.one(B).state, house.one(B).start) == (_S.REOPENED, date(2026, 12, 1))
    assert not house.store.read(commands.is_acceptance_over, house.now.date())


def test_statements_rule_out_correct_and_confirm(house: House) -> None:
    house.take_in(SAMPLES / "trivy.json")
    came = house.take_in(SAMPLES / "openvex.json")
    zlib, jinja = house.one("CVE-2026-1002"), house.one("CVE-2026-1003")
    assert (zlib.state, zlib.justification, zlib.why) == (
        _S.NOT_AFFECTED, "vulnerable_code_not_in_execute_path", "Only short streams are read.",
    )  # fmt: skip
    assert (jinja.state, jinja.corrected_by) == (_S.CORRECTED, "ada")
    assert house.one("CVE-2026-1001").state is _S.NEW
    assert [place for place, _ in came.refusals] == ["statements[3]", "statements[4]"]
    house.pass_(hours=1)
    house.take_in(SAMPLES / "trivy.json")  # it still names what is not affected
    assert house.one("CVE-2026-1002").state is _S.NOT_AFFECTED


def test_what_is_exploited_comes_from_the_tool_that_knows_and_moves_the_day(house: House) -> None:
    house.take_in(SAMPLES / "trivy.json")
    house.take_in(SAMPLES / "grype.json")
    found = house.one("CVE-2026-1001")
    assert (found.due, found.due_rule) == (date(2026, 11, 26), "known to be exploited")
    assert found.exploited.is_used
    house.take_in(SAMPLES / "trivy.json")  # which says nothing of it
    assert house.one("CVE-2026-1001").exploited == found.exploited


def test_csv_goes_to_the_components_it_names_and_what_is_nowhere_is_refused(house: House) -> None:
    came = house.take_in(SAMPLES / "findings.csv")
    assert {each.component for each in house.all().values()} == {"web", "db"}
    assert ("line 5", "is in nowhere, and no component is scanned as that") in came.refusals


REFUSED: dict[str, tuple[Any, ...]] = {
    "older": ({A: {}}, "2026-11-20T08:00:00Z", {}, "before S-1 of the same source"),
    "to come": ({A: {}}, "2027-01-01T08:00:00Z", {}, "still to come"),
    "lists nothing": ({}, "2026-11-23T08:30:00Z", {}, "lists nothing, and would close 1 finding"),
    "did not look": ({}, "2026-11-23T08:30:00Z", {"Results": None}, "does not say that anything was looked at"),
    "about nothing": ({A: {}}, "2026-11-23T08:30:00Z", {"ArtifactName": "else:1"}, "names no component of the catalog"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_report_that_may_not_count_is_refused_whole_with_what_to_do(
    name: str, house: House, tmp_path: Path
) -> None:
    house.take_in(report(tmp_path / "a", {A: {}}))
    before = house.all()
    found, at, more, what = REFUSED[name]
    path = report(tmp_path / "b", found, at=at, **more)
    with pytest.raises(BadInput) as caught:
        house.take_in(path)
    assert what in caught.value.what
    assert "Nothing was changed" in caught.value.next_step
    assert house.all() == before


def test_a_report_that_rightly_lists_nothing_closes_all(house: House, tmp_path: Path) -> None:
    house.take_in(report(tmp_path / "a", {A: {}}))
    came = house.take_in(report(tmp_path / "b", {}, at="2026-11-23T08:30:00Z"), empty=True)
    assert (came.closed, house.one(A).state) == (1, _S.VERIFIED)


def test_a_preview_says_the_same_and_writes_nothing(house: House) -> None:
    opened = read_report(SAMPLES / "trivy.json")
    seen = house.store.read(preview, opened, Asked(), house.now)
    assert (seen.scan, seen.created, house.all()) == (None, 3, {})
    came = house.take_in(SAMPLES / "trivy.json")
    assert (seen.read, seen.matched, seen.created, seen.refusals) == (
        came.read,
        came.matched,
        came.created,
        came.refusals,
    )
    assert came.scan == house.store.read(one_scan, 1)


def test_a_report_about_what_was_said_needs_no_name(house: House) -> None:
    with pytest.raises(BadInput, match="does not say what it was made over"):
        house.take_in(SAMPLES / "pip_audit.json")
    house.take_in(SAMPLES / "pip_audit.json", "db")
    assert house.one("CVE-2026-1003").component == "db"
    with pytest.raises(BadInput, match="there is no component 'dbb'"):
        house.take_in(SAMPLES / "pip_audit.json", "dbb")
