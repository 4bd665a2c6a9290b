"""A night with findings: a report imported a week ago, and some of it worked on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.security.findings import commands
from core.security.findings.importing import import_report
from core.security.findings.reports.reading import read_report
from core.store.store import Store
from tests.screens.at_the_keys import LEE, with_a_lead
from tests.screens.desk_scene import BEN, BOX
from tests.screens.scene import BROKEN, NOW, make_night

if TYPE_CHECKING:
    from pathlib import Path


HEAD = "cve,component,package,version,fixed,severity,title,kev,kev due\n"
LINES = (
    "CVE-2026-0001,{c},openssl,3.0.14,3.0.15,critical,A handshake that never ends,yes,2026-03-03",
    "CVE-2026-0002,{c},zlib,1.2.13,,medium,A short read,,",
    "CVE-2026-0003,{c},jinja-two,2.1,2.2,high,A template escapes its sandbox,,",
    "CVE-2026-0004,{c},tar,1.34,,low,A path that climbs,,",
    "CVE-2026-0005,{c},curl,8.1,8.2,info,A cookie too many,,",
)


def make_findings(folder: Path, *, more: int = 0) -> Path:
    """Makes the night, with a report imported a week ago and worked on; returns its place."""
    place = make_night(folder, with_a_lead)
    report = folder / "report.csv"
    many = [f"CVE-2027-{n:04},{BROKEN},package-{n % 7},1.0,1.1,low,One of many,," for n in range(more)]
    report.write_text(HEAD + "\n".join([*(line.format(c=BROKEN) for line in LINES), *many]) + "\n")
    clock = [NOW - timedelta(days=8, minutes=5)]
    store = Store.at(place, now=lambda: clock[0])
    store.write(BEN, import_report, read_report(report))
    clock[0] = NOW - timedelta(days=6)
    store.write(BEN, commands.start_finding, 3)
    store.write(
        LEE, commands.accept_finding, 4, (NOW + timedelta(days=9)).date(), "ben", "only read by us", BOX
    )
    store.close()
    return place
