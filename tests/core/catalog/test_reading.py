"""What is written is what is read, however it is spread over files."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import (
    Agreement,
    Calendar,
    CommandTarget,
    Component,
    Customer,
    FileTarget,
    HeartbeatTarget,
    HostTarget,
    HttpTarget,
    Need,
    Probe,
    ProcedureText,
    ProcessTarget,
    Promise,
    Service,
    Staff,
    TcpTarget,
    Threshold,
)
from core.catalog.problem import Problem, ProcedureCheck
from core.catalog.reader import read_catalog
from tests.core.catalog.catalogs import HOUSE, RESTART, only_problem, read_beside_house, write_files
from tests.sample_catalog import sample_catalog, write_catalog

if TYPE_CHECKING:
    from pathlib import Path

_FULL = """
[[service]]
id = "shop"
title = "The shop"
note = "First line.\\nSecond line."

[[customer]]
id = "northwind"
contact = "desk@northwind.example"

[[agreement]]
id = "gold"
title = "Northwind, gold"
customer = "northwind"
services = ["shop"]
calendar = "office"

[[agreement.target]]
severity = 1
respond = "15m"
resolve = "4h"

[[staff]]
id = "ana"
name = "Ana Silva"
login = "asilva"
role = "lead"

[[calendar]]
id = "office"
zone = "Europe/Lisbon"
hours = ["thu-fri 08:00-12:00 13:00-18:00", "mon 00:00-24:00"]
holidays = [2026-12-25, "2027-01-01"]

[[component]]
id = "db"
service = "shop"

[[component]]
id = "web"
title = "Web server"
service = "shop"
owner = "ana"
note = "Ask first."
needs = ["db", {of = ["db", "cache"], at_least = 1}]
procedures = ["restart"]
severity = 1

[[component.probe]]
id = "http"
kind = "http"
url = "https://127.0.0.1/health"
status = 204
body = "^ok"
headers = {Accept = "text/plain"}
verify_certificate = false
every = 4
timeout = "1500ms"
attempts = 2
good_attempts = 2
retry = 1.5

[[component.probe.threshold]]
metric = "latency_ms"
warning = "250"
critical = 1000
warning_clear = "200"

[[component.probe]]
id = "process"
kind = "process"
pattern = "nginx: master"
at_most = 1

[[component]]
id = "cache"
service = "shop"
probe = [
  {id = "port", kind = "tcp", host = "127.0.0.1", port = 6379, expect = "^-?"},
  {id = "disk", kind = "host", aspect = "disk", path = "${DIR}/data"},
  {id = "log", kind = "file", path = "${STATE}/a.log", pattern = "ERROR", within = "1h", missing = "ok"},
  {id = "check", kind = "command", run = ["check_disk", "-w", "10%"], env = {LC_ALL = "C"}, every = 8},
  {id = "beat", kind = "heartbeat", name = "backup", within = "1d", grace = 0},
]
"""


def test_every_key_of_every_table_is_read(tmp_path: Path) -> None:
    write_files(tmp_path, {"all.toml": _FULL, "procedures/restart.md": RESTART})
    catalog = read_catalog(tmp_path, variables={"STATE": "/var/lib/watchfloor"}).require()
    assert catalog.services["shop"] == Service("shop", "The shop", "First line.\nSecond line.")
    assert catalog.customers["northwind"] == Customer("northwind", "northwind", "desk@northwind.example")
    promised = (Promise(1, 900.0, 14400.0),)
    assert catalog.agreements["gold"] == Agreement(
        "gold", "Northwind, gold", "northwind", ("shop",), "office", promised
    )
    assert catalog.staff["ana"] == Staff("ana", "Ana Silva", "asilva", "", "lead")
    hours = ((0, 0, 1440), (3, 480, 720), (3, 780, 1080), (4, 480, 720), (4, 780, 1080))
    assert catalog.calendars["office"] == Calendar(
        "office", "Europe/Lisbon", hours, ("2026-12-25", "2027-01-01")
    )
    assert catalog.procedures["restart"] == ProcedureText("restart", "procedures/restart.md", RESTART)
    http = HttpTarget("https://127.0.0.1/health", (204,), "^ok", (("Accept", "text/plain"),), False)
    assert catalog.components["web"] == Component(
        id="web",
        title="Web server",
        service="shop",
        owner="ana",
        note="Ask first.",
        needs=(Need(("db",), 1), Need(("db", "cache"), 1)),
        probes=(
            Probe("http", http, 4.0, 1.5, 2, 2, 1.5, (Threshold("latency_ms", "250", "1000", "200"),)),
            Probe("process", ProcessTarget(pattern="nginx: master", at_most=1)),
        ),
        procedures=("restart",),
        severity=1,
    )
    assert catalog.components["cache"].probes == (
        Probe("port", TcpTarget("127.0.0.1", 6379, "^-?")),
        Probe("disk", HostTarget("disk", f"{tmp_path}/data")),
        Probe("log", FileTarget("/var/lib/watchfloor/a.log", "ERROR", 3600.0, "ok")),
        Probe("check", CommandTarget(("check_disk", "-w", "10%"), (("LC_ALL", "C"),)), 8.0, 4.0),
        Probe("beat", HeartbeatTarget("backup", 86400.0, 0.0)),
    )


def test_a_short_period_shortens_what_is_not_given(tmp_path: Path) -> None:
    text = """[[component]]
id = "web"
service = "shop"
probe = [{id = "p", kind = "tcp", host = "127.0.0.1", port = 1, every = "1s"}]
"""
    probe = read_beside_house(tmp_path, text).require().components["web"].probes[0]
    assert (probe.every_s, probe.timeout_s, probe.retry_s) == (1.0, 0.5, 1.0)


@pytest.mark.parametrize("seed", range(3))
def test_a_sample_catalog_is_read_back_equal(seed: int, tmp_path: Path) -> None:
    catalog = sample_catalog(300, seed)
    assert len(catalog.components) == 300
    write_catalog(catalog, tmp_path)
    loaded = read_catalog(tmp_path)
    assert loaded.problems == ()
    assert loaded.catalog == catalog


def test_the_same_seed_gives_the_same_sample() -> None:
    assert sample_catalog(50, 7) == sample_catalog(50, 7) != sample_catalog(50, 8)


def test_the_split_over_files_makes_no_difference(tmp_path: Path) -> None:
    tables = HOUSE.split("\n\n")
    random.Random(1).shuffle(tables)
    write_files(tmp_path / "one", {"all.TOML": HOUSE})
    write_files(tmp_path / "many", {f"{n % 3}/deep/{n}.toml": table for n, table in enumerate(tables)})
    one, many = read_catalog(tmp_path / "one"), read_catalog(tmp_path / "many")
    assert one.problems == many.problems == ()
    assert one.catalog == many.catalog


def test_the_digest_tells_any_change_and_nothing_else(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.toml": HOUSE})
    first = read_catalog(tmp_path).digest
    assert read_catalog(tmp_path).digest == first
    assert read_catalog(tmp_path, variables={"STATE": "/x"}).digest != first
    write_files(tmp_path, {"a.toml": HOUSE + "#"})
    changed = read_catalog(tmp_path).digest
    (tmp_path / "a.toml").rename(tmp_path / "b.toml")
    write_files(tmp_path, {"notes.txt": "no part of it"})
    assert len({first, changed, read_catalog(tmp_path).digest}) == 3


def test_a_placeholder_without_a_value_is_a_problem(tmp_path: Path) -> None:
    text = '[[component]]\nid = "web"\nservice = "shop"\nnote = """\n${STTE} and $${STATE} and ${DIR}"""\n'
    write_files(tmp_path, {"house.toml": HOUSE, "it.toml": text})
    problem = only_problem(read_catalog(tmp_path, variables={"STATE": "/x"}))
    assert problem.line == 4
    assert problem.what == "there is no variable ${STTE}"
    assert problem.next_step == 'Did you mean "STATE"? Write $${STTE} for the text itself'


def test_a_doubled_sign_keeps_a_placeholder_as_it_is(tmp_path: Path) -> None:
    text = '[[component]]\nid = "web"\nservice = "shop"\nnote = "$${DIR} ${a ${DIR}"\n'
    component = read_beside_house(tmp_path, text).require().components["web"]
    assert component.note == "${DIR} ${a " + str(tmp_path)


def test_what_a_procedures_own_reader_finds_is_told_with_its_file(tmp_path: Path) -> None:
    def check(procedure: ProcedureText) -> ProcedureCheck:
        problem = Problem(procedure.path, 2, "title", f"{procedure.id} has no title", "Add one")
        return ProcedureCheck((problem,))

    write_files(tmp_path, {"a.toml": HOUSE, "procedures/restart.md": RESTART})
    problem = only_problem(read_catalog(tmp_path, check_procedure=check))
    assert str(problem) == f"{tmp_path}/procedures/restart.md:2: title: restart has no title. Add one"
