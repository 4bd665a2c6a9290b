"""Reports of each tool are recognised by what they hold, and read into one kind of value."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from core.errors import BadInput
from core.security.findings.components import bare_name
from core.security.findings.model import Exploited, Severity
from core.security.findings.reports.model import Verdict, known_as, package_name
from core.security.findings.reports.reading import read_report
from core.security.foreign import MOST_BYTES
from tests.core.security.findings.house import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from core.security.findings.reports.model import Report


def read(name: str) -> Report:
    return read_report(SAMPLES / name).report


@pytest.mark.parametrize(
    ("name", "kind", "source", "lines", "refused"),
    [
        ("trivy.json", "trivy", "trivy", 4, 1),
        ("grype.json", "grype", "grype", 3, 0),
        ("osv.json", "osv", "osv-scanner", 2, 0),
        ("pip_audit.json", "pip-audit", "pip-audit", 1, 1),
        ("sarif.json", "sarif", "lintish", 2, 0),
        ("cyclonedx.json", "cyclonedx", "bomscan", 2, 1),
        ("cyclonedx.xml", "cyclonedx", "bomscan", 2, 1),
        ("openvex.json", "openvex", "Security of Shop", 3, 1),
        ("findings.csv", "csv", "csv", 3, 3),
    ],
)
def test_each_is_recognised_by_what_it_holds(
    name: str, kind: str, source: str, lines: int, refused: int
) -> None:
    report = read(name)
    assert (report.kind, report.source, len(report.lines), len(report.refusals)) == (
        kind,
        source,
        lines,
        refused,
    )
    assert report.read == lines + refused


def test_grype_tells_what_is_exploited_and_what_it_was_told_to_ignore_is_there_all_the_same() -> None:
    report = read("grype.json")
    first, second, ignored = report.lines
    assert first.exploited == Exploited(True, date(2026, 11, 26), 0.42, 0.97)
    assert (second.vulnerability, second.aliases, second.package) == (
        "CVE-2026-1004",
        ("GHSA-aaaa-bbbb-cccc",),
        "org.log/log4x",
    )
    assert (ignored.vulnerability, ignored.severity) == ("CVE-2026-1005", Severity.INFO)


def test_osv_makes_one_line_of_what_is_one_vulnerability() -> None:
    jinja, log4x = read("osv.json").lines
    assert (jinja.vulnerability, jinja.package, jinja.fixed_in, jinja.severity) == (
        "CVE-2026-1003", "jinja-two", "2.2", Severity.HIGH,
    )  # fmt: skip
    assert jinja.aliases == ("GHSA-dddd-eeee-ffff", "PYSEC-2026-7")
    assert (log4x.package, log4x.severity) == ("org.log/log4x", Severity.MEDIUM)


def test_a_package_that_pip_audit_passed_over_is_said() -> None:
    report = read("pip_audit.json")
    assert report.lines[0].severity is Severity.UNKNOWN
    assert report.refusals == (
        ("dependencies[2]", "shop-private was not looked at: Dependency not found on PyPI"),
    )


def test_sarif_says_package_version_and_place() -> None:
    curl, own = read("sarif.json").lines
    assert (curl.package, curl.package_version, curl.fixed_in, curl.severity) == (
        "curl",
        "8.1",
        "8.2",
        Severity.CRITICAL,
    )
    assert (own.vulnerability, own.package, own.path) == (
        "py.eval-of-input",
        "shop/orders.py",
        "shop/orders.py:42",
    )


def test_cyclonedx_says_the_same_in_json_and_in_xml() -> None:
    from_json, from_xml = read("cyclonedx.json"), read("cyclonedx.xml")
    assert from_json.lines == from_xml.lines
    assert from_json.names == from_xml.names
    jinja, inner = from_json.lines
    assert jinja.severity is Severity.HIGH  # the worst that is said of it
    assert (inner.verdict, inner.justification, inner.said) == (
        Verdict.NOT_AFFECTED, "vulnerable_code_not_in_execute_path", "The parser is never called.",
    )  # fmt: skip


def test_the_latest_statement_of_openvex_wins_and_one_without_a_reason_is_refused() -> None:
    report = read("openvex.json")
    by_name = {line.vulnerability: line for line in report.lines}
    assert by_name["CVE-2026-1002"].verdict is Verdict.NOT_AFFECTED
    assert by_name["CVE-2026-1003"].verdict is Verdict.FIXED
    assert not report.is_scan
    assert report.refusals[0].place == "statements[3]"
    assert "neither a justification nor" in report.refusals[0].why


def test_cells_of_csv_that_a_spreadsheet_would_calculate_are_harmless_or_refused() -> None:
    report = read("findings.csv")
    assert report.lines[1].title == '\'=HYPERLINK("http://x";"y")'
    assert [place for place, _ in report.refusals] == ["line 6", "line 7", "line 8"]
    assert report.lines[0].title == "A handshake; that never ends"


BROKEN = {
    "cut.json": (b'{"SchemaVersion": 2, "ArtifactName": "x", "Results": [{"Vul', "cut off", "line 1, column"),
    "deep.json": (b"[" * 100_000, "nested too deep", ""),
    "foreign.json": (b'{"hello": "world"}', "no report that is known here (it holds hello)", ""),
    "nan.json": (b'{"matches": [NaN]}', "NaN is no number", ""),
    "empty.json": (b"  \n", "is empty", ""),
    "packed.gz": (b"\x1f\x8b\x08\x00\xff\xfe", "no text in UTF-8", "line 1"),
    "wide.csv": ("cve;package\n".encode("utf-16"), "UTF-16", ""),
    "bomb.xml": (
        b'<?xml version="1.0"?>\n<!DOCTYPE bom [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n<bom>&b;</bom>',
        "declares a document type", "line 2",
    ),
    "page.xml": (b"<html><body/></html>", "no CycloneDX: its root is html", "line 1"),
    "cut.xml": (b'<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components>', "no whole XML", "line 1"),
    "list.csv": (b"name,price\nnut,1\n", "names no column package, vulnerability", "line 1"),
    "cut.csv": (b'cve,package\nCVE-2026-1,"open', "cut off", "line 2"),
    "sbom.json": (b'{"bomFormat": "CycloneDX", "components": []}', "without vulnerabilities", ""),
    "two.sarif": (
        b'{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "a"}}}, {"tool": {"driver": {"name": "b"}}}]}',
        "runs of 2 tools", "runs",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_one_message_with_file_place_and_what_to_do(name: str, tmp_path: Path) -> None:
    content, what, where = BROKEN[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_report(path)
    assert what in caught.value.what
    assert name in caught.value.where
    assert where in caught.value.where
    assert caught.value.next_step


def test_a_report_of_another_tool_under_the_wrong_name_says_whose_it_is() -> None:
    with pytest.raises(BadInput, match="is not Trivy JSON: by what it holds it is Grype JSON"):
        read_report(SAMPLES / "grype.json", "trivy")
    with pytest.raises(BadInput, match="is no JSON, so not SARIF"):
        read_report(SAMPLES / "findings.csv", "sarif")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(BadInput, match="larger than 64 MiB"):
        read_report(path)


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("registry.example:5000/shop/web:2.4@sha256:" + "0" * 64, "registry.example:5000/shop/web"),
        ("nginx:1.27", "nginx"),
        ("docker.io/library/nginx:1.27", "nginx"),
        ("pkg:pypi/Shop@2.1?x=y", "pkg:pypi/Shop"),
        ("host:DB1", "db1"),
        ("/srv/shop/", "/srv/shop"),
        ("./requirements.txt", "./requirements.txt"),
    ],
)
def test_names_stay_the_same_from_one_scan_to_the_next(name: str, bare: str) -> None:
    assert bare_name(name) == bare


def test_tools_agree_on_names() -> None:
    assert known_as("GHSA-1", ("CVE-2026-1234",)) == ("CVE-2026-1234", ("GHSA-1",))
    assert known_as("GHSA-1", ("CVE-2026-1234", "CVE-2026-1235"))[0] == "GHSA-1"
    assert (
        package_name("org.log:log4x", "", "Maven")
        == package_name("log4x", "pkg:maven/org.log/log4x@2")
        == "org.log/log4x"
    )
    assert package_name("libssl3", "pkg:deb/debian/libssl3@3") == "libssl3"
    assert package_name("x", "pkg:npm/%40scope/x@1") == "@scope/x"
