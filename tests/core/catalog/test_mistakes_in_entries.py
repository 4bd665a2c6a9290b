"""Each mistake inside one table gives one problem: its line, its key, what is wrong, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.catalog.catalogs import lines_of, only_problem, read_beside_house

if TYPE_CHECKING:
    from pathlib import Path

_MISTAKES = {
    "an unknown key": (
        'titel = "Web"',
        'it.toml:4: component[web].titel: there is no key "titel" here. Did you mean "title"?',
    ),
    "an unknown key like no other": (
        "zzz = 1",
        (
            'it.toml:4: component[web].zzz: there is no key "zzz" here. The keys are: id, needs, note, owner, probe, '
            "procedures, scanned_as, service, severity, title, zone"
        ),
    ),
    "a number for a text": (
        "title = 5",
        "it.toml:4: component[web].title: must be text, not 5. Write it in quotes",
    ),
    "a text for a number": (
        'severity = "2"',
        'it.toml:4: component[web].severity: must be a whole number, not the text "2". Take the quotes away',
    ),
    "a truth value for a number": (
        "severity = true",
        "it.toml:4: component[web].severity: must be a whole number, not true. Write a whole number",
    ),
    "a fraction for a whole number": (
        "severity = 1.5",
        "it.toml:4: component[web].severity: must be a whole number, not 1.5. Write a whole number",
    ),
    "a severity there is none of": (
        "severity = 5",
        "it.toml:4: component[web].severity: is 5; it must be at most 4. Write 4 or less",
    ),
    "a text for a list": (
        'needs = "db"',
        'it.toml:4: component[web].needs: must be a list, not the text "db". Write needs = [ … ]',
    ),
    "an empty title": (
        'title = " "',
        "it.toml:4: component[web].title: is empty. Write something there, or take the key out",
    ),
    "an escape sequence in a title": (
        'title = "a\\u001b[31mb"',
        (
            "it.toml:4: component[web].title: holds characters that cannot be shown on one line. "
            "Take out control characters and escapes"
        ),
    ),
    "a need that asks for more than it names": (
        'needs = [\n  "db",\n  {of = ["db"], at_least = 2},\n]',
        (
            "it.toml:6: component[web].needs[#2].at_least: asks for at least 2 of 1. "
            "Name more components, or lower at_least"
        ),
    ),
    "a need of none": (
        'needs = [{of = ["db"], at_least = 0}]',
        "it.toml:4: component[web].needs[#1].at_least: is 0; it must be at least 1. Write 1 or more",
    ),
    "a need that does not say how many": (
        'needs = [{of = ["db"]}]',
        'it.toml:4: component[web].needs[#1].at_least: the key "at_least" is missing. Add at_least',
    ),
    "a procedure named twice": (
        'procedures = ["restart", "restart"]',
        'it.toml:4: component[web].procedures[#2]: names "restart" twice. Name it once',
    ),
    "a probe that is one table": (
        '[component.probe]\nid = "p"\nkind = "tcp"\nhost = "h"\nport = 1',
        "it.toml:4: component[web].probe: must be a list, not a table. Write [[…probe]] with two brackets",
    ),
}


@pytest.mark.parametrize("mistake", _MISTAKES)
def test_a_mistake_in_a_component_is_named(mistake: str, tmp_path: Path) -> None:
    text, expected = _MISTAKES[mistake]
    loaded = read_beside_house(tmp_path, f'[[component]]\nid = "web"\nservice = "shop"\n{text}\n')
    assert lines_of(loaded, tmp_path) == [expected]
    assert loaded.catalog is None


_TABLES = {
    "a missing id": (
        '[[component]]\nservice = "shop"',
        'it.toml:1: component[#1].id: the key "id" is missing. Add id',
    ),
    "an id in capitals": (
        '[[component]]\nservice = "shop"\nid = "Web 1"',
        ('it.toml:3: component[Web 1].id: "Web 1" cannot be an id. Use lower-case letters, digits, "-", "." and "_", '
        'a letter or digit first: "web-1"'),
    ),
    "an id that looks like an option": (
        '[[service]]\nid = "-rf"',
        ('it.toml:2: service[-rf].id: "-rf" cannot be an id. Use lower-case letters, digits, "-", "." and "_", '
        'a letter or digit first: "rf"'),
    ),
    "an unknown kind of table": (
        '[[componet]]\nid = "web"',
        'it.toml:1: componet: there is no kind "componet". Did you mean "component"?',
    ),
    "one bracket for two": (
        '[service]\nid = "web"',
        "it.toml:1: service: must be a list of tables, one for each service. Write [[service]] with two brackets",
    ),
    "an unknown role": (
        '[[staff]]\nid = "bo"\nname = "Bo"\nrole = "operater"',
        ('it.toml:4: staff[bo].role: "operater" is not one of admin, lead, operator, reviewer, viewer. '
        'Did you mean "operator"?'),
    ),
    "a time zone that does not exist": (
        '[[calendar]]\nid = "c"\nzone = "Europe/Lisboa"\nhours = ["mon 08:00-09:00"]',
        ("it.toml:3: calendar[c].zone: there is no time zone 'Europe/Lisboa'. "
        "Use an IANA name such as Europe/Lisbon or UTC"),
    ),
    "a time zone that is a path": (
        '[[calendar]]\nid = "c"\nzone = "../passwd"\nhours = ["mon 08:00-09:00"]',
        ("it.toml:3: calendar[c].zone: there is no time zone '../passwd'. "
        "Use an IANA name such as Europe/Lisbon or UTC"),
    ),
    "hours that end before they start": (
        '[[calendar]]\nid = "c"\nzone = "UTC"\nhours = ["mon-fri 08:00-18:00",\n  "sat 22:00-06:00"]',
        ("it.toml:5: calendar[c].hours[#2]: '22:00-06:00' ends before it starts. "
        "Hours over midnight are written as two: mon 22:00-24:00 and tue 00:00-06:00"),
    ),
    "hours that overlap": (
        '[[calendar]]\nid = "c"\nzone = "UTC"\nhours = ["mon-fri 08:00-18:00", "fri 17:00-19:00"]',
        ("it.toml:4: calendar[c].hours[#2]: fri 17:00-19:00 overlaps other hours of that day. "
        "Write the day's hours once"),
    ),
    "a calendar that is never open": (
        '[[calendar]]\nid = "c"\nzone = "UTC"\nhours = []',
        ("it.toml:4: calendar[c].hours: is empty: a calendar without working hours. "
        "A clock that goes by it would never run: write hours such as mon-fri 08:00-18:00"),
    ),
    "a holiday that is no day": (
        '[[calendar]]\nid = "c"\nzone = "UTC"\nhours = ["mon 08:00-09:00"]\nholidays = [2026-12-25, "2026-02-30"]',
        ("it.toml:5: calendar[c].holidays[#2]: 2026-02-30 is not a date. "
        "Write it as 2026-12-25 Christmas Day, 12-24 of every year, or 2026-12-27..2027-01-02 Works closed"),
    ),
    "a promise to resolve before responding": (
        ('[[agreement]]\nid = "a"\ncustomer = "northwind"\nservices = ["shop"]\n'
        '[[agreement.target]]\nseverity = 1\nrespond = "1h"\nresolve = "30m"'),
        ("it.toml:8: agreement[a].target[#1].resolve: promises to resolve (1800s) before responding (3600s). "
        "Make resolve at least as long as respond"),
    ),
    "two promises for one severity": (
        ('[[agreement]]\nid = "a"\ncustomer = "northwind"\nservices = ["shop"]\n'
        '[[agreement.target]]\nseverity = 1\nrespond = 1\nresolve = 2\n'
        '[[agreement.target]]\nseverity = 1\nrespond = 1\nresolve = 3'),
        ("it.toml:10: agreement[a].target[#2].severity: a second target for severity 1; the first is on line 6. "
        "Keep one of the two"),
    ),
    "an agreement over nothing": (
        '[[agreement]]\nid = "a"\ncustomer = "northwind"\nservices = []',
        "it.toml:4: agreement[a].services: is empty. Name at least one",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", _TABLES)
def test_a_mistake_in_another_table_is_named(mistake: str, tmp_path: Path) -> None:
    text, expected = _TABLES[mistake]
    assert lines_of(read_beside_house(tmp_path, text), tmp_path) == [expected]


def test_everything_wrong_in_one_table_is_told_at_once(tmp_path: Path) -> None:
    text = """[[component]]
id = "web"
service = "shopp"
colour = "red"
needs = ["db", "dc"]
severity = 9
[[component.probe]]
id = "http"
kind = "htp"
urll = "http://127.0.0.1/"
every = "10s"
timeout = "20s"
body = "("
[[component.probe]]
id = "HTTP"
kind = "tcp"
host = "127.0.0.1"
port = 70000
"""
    told = [(problem.line, problem.key) for problem in read_beside_house(tmp_path, text).problems]
    assert told == [
        (3, "component[web].service"),
        (4, "component[web].colour"),
        (5, "component[web].needs[#2]"),
        (6, "component[web].severity"),
        (9, "component[web].probe[http].kind"),
        (10, "component[web].probe[http].urll"),
        (12, "component[web].probe[http].timeout"),
        (13, "component[web].probe[http].body"),
        (15, "component[web].probe[HTTP].id"),
        (18, "component[web].probe[HTTP].port"),
    ]


def test_a_mistake_in_every_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[[service]]\nid = "A"\n')
    (tmp_path / "b.toml").write_text("[[service]\n")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.toml").write_bytes(b'[[service]]\nid = "\xff"\n')
    loaded = read_beside_house(tmp_path, '[[service]]\nid = "x"\nnotes = "y"\n')
    assert [line.split(": ")[0] for line in lines_of(loaded, tmp_path)] == [
        "a.toml:2", "b.toml:1", "deep/c.toml:2", "it.toml:3",
    ]  # fmt: skip


def test_one_wrong_span_does_not_bring_a_second_message_about_its_neighbour(tmp_path: Path) -> None:
    text = """[[component]]
id = "web"
service = "shop"
[[component.probe]]
id = "port"
kind = "tcp"
host = "127.0.0.1"
port = 80
every = "soon"
timeout = "45s"
"""
    problem = only_problem(read_beside_house(tmp_path, text))
    assert problem.key == "component[web].probe[port].every"


@pytest.mark.parametrize("kind", ["[1]", "5", "{a = 1}", "1979-05-27", '""'])
def test_a_kind_of_any_type_is_refused_without_a_crash(kind: str, tmp_path: Path) -> None:
    text = f'[[component]]\nid = "web"\nservice = "shop"\nprobe = [{{id = "a", kind = {kind}}}, 5]\n'
    keys = [problem.key for problem in read_beside_house(tmp_path, text).problems]
    assert keys == ["component[web].probe[#2]", "component[web].probe[a].kind"]
