"""A report is taken in: what is new, seen again, gone, back, and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.security.findings.model import FindingState, Severity
from tests.core.security.findings.house import SAMPLES

if TYPE_CHECKING:
    from tests.core.security.findings.house import House


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
    assert (jinja.state, jinja.severity, jinja.component) == (FindingState.NEW, Severity.HIGH, "web")
