"""A file may hold any amount of anything: reading ends, and says in a few words where it is too much."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.catalog_source import check_procedure
from console.cli import check
from core.catalog.declaration import KINDS
from core.catalog.reader import read_catalog
from tests.catalog_files import toml_key, toml_value
from tests.core.catalog.catalogs import HOUSE, only_problem, read_beside_house, write_files

COMPONENT = '[[component]]\nid = "c"\nservice = "shop"\n'
DIGITS = "9" * 1_000_000
HEX = "0x" + "f" * 10_000
PROCEDURE = '+++\ntitle = "Do it"\ncomponent = "db"\neffect = "none"\n{}\n+++\n- [ ] do it\n'


@pytest.mark.parametrize("parts", [9, 10_000, 100_000])
@pytest.mark.parametrize("text", ["{} = 1", '{} = "${{DIR}} ${{NO}}"', "needs = {{{} = 1}}", "[{}]"])
def test_a_key_of_very_many_parts_is_refused_where_it_stands(parts: int, text: str, tmp_path: Path) -> None:
    loaded = read_beside_house(tmp_path, COMPONENT + text.format(".".join(["a"] * parts)) + "\n")
    problem = only_problem(loaded)
    assert (problem.line, problem.what) == (4, "has a key of more than 8 parts")


def test_dots_in_a_text_are_no_key_of_many_parts(tmp_path: Path) -> None:
    note = "1." * 40 + "1"
    text = f'{COMPONENT}note = """\n{note} = 1\n"""\n# {note}\ntitle = \'{note}\'\n'
    assert read_beside_house(tmp_path, text).require().components["c"].title == note


@pytest.mark.parametrize("opening", ["{a=", "["])
def test_tables_and_lists_in_one_another_are_refused_where_they_stand(opening: str, tmp_path: Path) -> None:
    closing = {"{a=": "}", "[": "]"}[opening]
    loaded = read_beside_house(tmp_path, f"{COMPONENT}needs = {opening * 60}1{closing * 60}\n")
    problem = only_problem(loaded)
    assert (problem.line, problem.what) == (4, "tables and lists stand more than 16 deep in one another")


@pytest.mark.parametrize("key", ["severity", "service", "owner", "needs", "title", "note"])
def test_a_number_of_ten_thousand_digits_is_refused_where_it_stands(key: str, tmp_path: Path) -> None:
    service = "" if key == "service" else 'service = "shop"'
    text = f'[[component]]\nid = "c"\n{service}\n{key} = {HEX}\n'
    problem = only_problem(read_beside_house(tmp_path, text))
    assert (problem.line, problem.key) == (4, f"component[c].{key}")
    assert problem.what == "the number is too large for 64 bits"


def test_numbers_without_end_in_probes_and_calendars_are_all_told(tmp_path: Path) -> None:
    text = (
        f"{COMPONENT}[[component.probe]]\nid='p'\nkind='http'\nurl='http://127.0.0.1/'\nevery={HEX}\nstatus={HEX}\n"
        f"[[component.probe.threshold]]\nmetric='latency_ms'\nwarning={HEX}\n"
        f"[[calendar]]\nid='k'\nzone='UTC'\nhours=[{HEX}]\nholidays=[{HEX}]\n"
    )
    loaded = read_beside_house(tmp_path, text)
    assert [problem.line for problem in loaded.problems] == [8, 9, 12, 16, 17]
    assert loaded.problems[0].key == "component[c].probe[p].every"
    assert {problem.what for problem in loaded.problems} == {"the number is too large for 64 bits"}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f'severity = "{DIGITS}"\n', "severity"),
        (f'[[component.probe]]\nid = "p"\nkind = "{DIGITS}"\n', "probe[p].kind"),
        (f'[[component.probe]]\nid = "p"\nkind = "http"\nurl = "{DIGITS}"\n', "probe[p].url"),
        (f'[[component.probe]]\nid = "p"\nkind = "tcp"\nport = 1\nhost = "{DIGITS}"\n', "probe[p].host"),
        (f'[[component.probe]]\nid = "p"\nkind = "host"\naspect = "load"\nevery = "{DIGITS}"\n', "probe[p].every"),
    ],
)  # fmt: skip
def test_a_text_of_a_million_characters_is_refused_where_it_stands(
    text: str, key: str, tmp_path: Path
) -> None:
    problem = only_problem(read_beside_house(tmp_path, COMPONENT + text))
    assert problem.key == f"component[c].{key}"
    assert problem.what == "the text has 1000000 characters; at most 50000 are read"


@pytest.mark.parametrize("digits", [65, 49_000])
def test_a_span_of_very_many_digits_is_no_span(digits: int, tmp_path: Path) -> None:
    text = f'[[component.probe]]\nid="p"\nkind="host"\naspect="load"\nevery="{"9" * digits}"\n'
    problem = only_problem(read_beside_house(tmp_path, COMPONENT + text))
    assert problem.key == "component[c].probe[p].every"
    assert problem.what.endswith("is not a span of time")
    assert len(str(problem)) < 500


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        (COMPONENT + "needs = [" + '"a",' * 190_000 + "]\n", "component[c].needs", "the list has 190000 parts"),
        (
            '[[calendar]]\nid="z"\nzone="UTC"\nhours=["mon 8:00-9:00"]\nholidays=[' + '"x",' * 150_000 + "]\n",
            "calendar[z].holidays", "the list has 150000 parts",
        ),
        (COMPONENT + "".join(f"k{n}=1\n" for n in range(30_000)), "component[c]", "the table has 30002 keys"),
        ("".join(f"k{n}=1\n" for n in range(30_000)), "", "the file has 30000 keys"),
    ],
)  # fmt: skip
def test_lists_and_tables_without_end_are_refused_in_one_line(
    text: str, key: str, what: str, tmp_path: Path
) -> None:
    problem = only_problem(read_beside_house(tmp_path, text))
    assert (problem.key, problem.what) == (key, f"{what}; at most 10000 are read")


def test_one_table_with_a_hundred_thousand_values_in_many_lists_is_refused(tmp_path: Path) -> None:
    probe = "[[component.probe]]\nid='p'\nkind='http'\nstatus=[" + "0," * 9_000 + "]\n"
    problem = only_problem(read_beside_house(tmp_path, COMPONENT + probe * 12))
    assert (problem.line, problem.key) == (1, "component[c]")
    assert problem.what == "the table holds more than 50000 values"


def test_the_names_of_what_is_refused_for_its_size_still_count(tmp_path: Path) -> None:
    text = f'{COMPONENT}note = "{DIGITS}"\n[[component]]\nid = "d"\nservice = "shop"\nneeds = ["c"]\n'
    assert only_problem(read_beside_house(tmp_path, text)).key == "component[c].note"


def test_of_many_problems_alike_the_first_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    text = "".join(f'[[service]]\nid = "s{n}"\nnoet = ""\n' for n in range(1_000))
    loaded = read_beside_house(tmp_path, text)
    assert len(loaded.problems) == 101
    assert [problem.line for problem in loaded.problems[:3]] == [3, 6, 9]
    assert str(loaded.problems[-1]) == (
        f'{tmp_path}/it.toml: … and 900 more of the same kind in this file, from line 303 on: there is no key "noet" here'
    )
    assert sum(problem.stands_for for problem in loaded.problems) == 1_000


def test_the_check_counts_every_problem_and_prints_few(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "".join(f'[[service]]\nid = "s{n}"\nnoet = ""\n' for n in range(1_000))
    write_files(tmp_path, {"it.toml": text})
    assert check.run(argparse.Namespace(directory=str(tmp_path), json=False)) == 1
    printed = capsys.readouterr()
    lines = [*printed.out.splitlines(), *printed.err.splitlines()]
    assert len(lines) == 102
    assert lines[-1] == f"watchfloor: {tmp_path}: 1000 problems"


def test_problems_of_other_kinds_and_files_are_not_hidden_by_many_alike(tmp_path: Path) -> None:
    many = "".join(f'[[service]]\nid = "s{n}"\nnoet = ""\n' for n in range(300)) + "[[servce]]\n"
    write_files(tmp_path, {"house.toml": HOUSE, "a.toml": many, "b.toml": "[[staf]]\n"})
    told = [problem.what for problem in read_catalog(tmp_path).problems]
    assert 'there is no kind "servce"' in told
    assert 'there is no kind "staf"' in told


def test_a_file_with_problems_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    text = "".join(f'[[component]]\nid = "C{n}"\nservce = "sho"\n' for n in range(20_000))
    loaded = read_beside_house(tmp_path, text)
    assert len(loaded.problems) < 300
    assert any(
        problem.what.startswith("holds more than 2000 problems; what else") for problem in loaded.problems
    )


def test_the_same_unknown_variable_many_times_in_a_text_is_one_problem(tmp_path: Path) -> None:
    problem = only_problem(read_beside_house(tmp_path, COMPONENT + 'note="' + "${DI}" * 3000 + '"\n'))
    assert (problem.line, problem.key, problem.what) == (
        4,
        "component[c].note",
        "there is no variable ${DI}",
    )


@pytest.mark.parametrize(
    "text",
    [
        "k" * 1_000_000 + " = 1\n",
        COMPONENT + "k" * 1_000_000 + " = 1\n",
        f'[[component]]\nid = "{"k" * 40_000}"\nservice = "{"s" * 40_000}"\n',
        COMPONENT + 'probe = [{id="p", kind="' + "9" * 40_000 + '"}]\n',
        COMPONENT + 'probe = [{id="p", kind="tcp", port=1, host="' + "/" * 40_000 + '"}]\n',
        COMPONENT + 'needs = ["' + "a" * 40_000 + '"]\n',
        COMPONENT + 'note = "${' + "a" * 40_000 + '}"\n',
        f'[[staff]]\nid="q"\nname="x"\nrole="{"r" * 40_000}"\n',
    ],
)  # fmt: skip
def test_what_is_quoted_from_a_file_never_fills_the_screen(text: str, tmp_path: Path) -> None:
    loaded = read_beside_house(tmp_path, text)
    assert loaded.problems
    for problem in loaded.problems:
        assert len(str(problem).replace(f"{tmp_path}/", "")) < 450


def test_a_long_circle_is_drawn_in_part(tmp_path: Path) -> None:
    text = "".join(
        f'[[component]]\nid="c{n}"\nservice="shop"\nneeds=["c{(n + 1) % 3000}"]\n' for n in range(3000)
    )
    problem = only_problem(read_beside_house(tmp_path, text))
    assert "… 2990 more …" in problem.what
    assert len(problem.what) < 200


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (f"level = {HEX}", "the number is too large for 64 bits"),
        (f"timeout = {HEX}", "the number is too large for 64 bits"),
        ("note" + ".a" * 10_000 + " = 1", "the front matter has a key of more than 8 parts"),
        ("note = " + "[" * 10_000, "the front matter nests too deep to be read"),
        (f'note = "{DIGITS}"', "is longer than 256 KB; no longer one is read"),
        ("\n".join(f"k{n}=1" for n in range(20_000)), "the table has 20003 keys; at most 10000 are read"),
    ],
)
def test_a_procedure_with_far_too_much_in_its_front_matter(line: str, what: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"house.toml": HOUSE, "procedures/x.md": PROCEDURE.format(line)})
    problem = only_problem(read_catalog(tmp_path, check_procedure=check_procedure))
    assert problem.file == f"{tmp_path}/procedures/x.md"
    assert problem.what == what
    assert problem.line in {0, 1, 5}


def test_a_list_that_is_no_list_of_tables_is_told_once_and_its_tables_are_read(tmp_path: Path) -> None:
    loaded = read_beside_house(tmp_path, "component = [{}, 1, " + "2," * 5_000 + "]\n")
    assert [problem.what for problem in loaded.problems] == [
        "must be a list of tables, one for each component",
        'the key "id" is missing',
        'the key "service" is missing',
    ]


_KEYS = st.sampled_from(
    ["id", "service", "title", "needs", "probe", "kind", "url", "every", "threshold", "hours", "", "x" * 300]
)
_SCALARS = st.one_of(
    st.booleans(),
    st.integers(),
    st.sampled_from([2**63, -(2**70), float("inf"), float("nan")]),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["${DIR}", "${NO}", "http", "mon 8:00-9:00", "1s", "a" * 60_000, "\u202e\x1b[2J"]),
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=5)
)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*KINDS, "x", ""]), st.lists(st.dictionaries(_KEYS, _VALUES, max_size=6)))
)
def test_whatever_a_file_holds_reading_ends_with_short_printable_lines(
    document: dict[str, list[dict[str, object]]],
) -> None:
    lines = [f"{toml_key(kind)} = {toml_value(tables)}" for kind, tables in document.items()]
    with tempfile.TemporaryDirectory() as place:
        loaded = read_beside_house(Path(place), "\n".join(lines) + "\n")
        for problem in loaded.problems:
            assert str(problem).isprintable()
            assert len(str(problem)) < 900


def test_a_key_of_eight_parts_is_told_for_what_it_says(tmp_path: Path) -> None:
    problem = only_problem(read_beside_house(tmp_path, COMPONENT + "a" + ".b" * 7 + " = 1\n"))
    assert problem.what.startswith('there is no key "a" here')
