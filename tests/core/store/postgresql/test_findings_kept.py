"""On a server findings change only with their entries, and each role decides what is its own."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import errors

from core.catalog.commands import load_catalog
from core.errors import NotPermitted
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.journal.model import Via
from core.security.findings import commands
from core.security.findings.importing import import_report
from core.security.findings.model import FindingState
from core.security.findings.queries import one_finding
from core.security.findings.reports.reading import read_report
from core.store.lease import take_lease
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now
from tests.core.security.findings.house import CATALOG, SAMPLES, WEB_IMAGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.core.store.postgresql.conftest import House

BOX = Consent(Level.BOX)


def author(name: str, via: Via = Via.CLI) -> Author:
    return Author(name, via, f"seat-{name}")


@pytest.fixture
def people(house: House) -> Iterator[dict[str, Store]]:
    roles = {
        "ada": Role.OPERATOR,
        "lee": Role.LEAD,
        "vic": Role.VIEWER,
        "watcher": Role.AGENT,
        "root1": Role.ADMIN,
    }
    stores = {name: Store.at(house.person(name, role)) for name, role in roles.items()}
    stores["root1"].write(author("root1"), load_catalog, CATALOG, directory="x", digest="1", changes=["all"])
    yield stores
    for store in stores.values():
        store.close()


def test_an_operator_imports_a_lead_decides_and_the_agent_ends(people: dict[str, Store]) -> None:
    ada, lee, watcher = people["ada"], people["lee"], people["watcher"]
    came = ada.write(author("ada"), import_report, read_report(SAMPLES / "trivy.json"))
    assert came.created == 3
    ada.write(author("ada"), commands.start_finding, 1)
    today = utc_now().date()
    with pytest.raises(NotPermitted):
        ada.write(author("ada"), commands.accept_finding, 1, today, "ada", "no way in", BOX)
    lee.write(author("lee"), commands.accept_finding, 1, today, "lee", "no way in", BOX)
    with pytest.raises(NotPermitted):
        ada.write(author("ada"), import_report, read_report(SAMPLES / "openvex.json"))
    assert lee.write(author("lee"), import_report, read_report(SAMPLES / "openvex.json")).closed == 1
    token = watcher.write(
        author("watcher", Via.AGENT), take_lease, commands.DUTY, "agent:one", over=None, info={}
    )
    assert not watcher.write(author("watcher", Via.AGENT), commands.end_acceptances, token)
    assert ada.read(one_finding, 1).state is FindingState.ACCEPTED  # its day is not over


def test_who_may_only_look_imports_nothing(people: dict[str, Store]) -> None:
    with pytest.raises(NotPermitted):
        people["vic"].write(author("vic"), import_report, read_report(SAMPLES / "trivy.json"))


def test_no_finding_is_closed_past_its_entries(people: dict[str, Store], house: House) -> None:
    people["ada"].write(author("ada"), import_report, read_report(SAMPLES / "trivy.json"))
    for change in ("state = 'verified', is_open = 0", "due = '2030-01-01'", "severity = 'low', grade = 4"):
        with connect(house.database.loopback_url("ada", password="of-ada")) as raw:
            raw.execute(
                f"UPDATE watchfloor.finding SET {change}, version = version + 1 WHERE id = 1".encode()
            )
            with pytest.raises(errors.InsufficientPrivilege):
                raw.commit()


def test_a_large_report_of_an_operator_is_in_soon(people: dict[str, Store], tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        {
            "VulnerabilityID": f"CVE-2026-{n:05}",
            "PkgName": f"lib{n % 50}",
            "InstalledVersion": "1.0",
            "Severity": "LOW",
        }
        for n in range(1500)
    ]
    results = [{"Target": "x", "Class": "os-pkgs", "Vulnerabilities": lines}]
    path = tmp_path / "large.json"
    path.write_text(json.dumps({"SchemaVersion": 2, "ArtifactName": WEB_IMAGE, "Results": results}))
    began = time.monotonic()
    came = people["ada"].write(author("ada"), import_report, read_report(path))
    took = time.monotonic() - began
    print(f"{took:.1f} s")
    assert came.created == 1500
    assert (
        took < 60.0
    )  # the target of 5 s is measured in tests/bench; here only that it does not grow by the square
