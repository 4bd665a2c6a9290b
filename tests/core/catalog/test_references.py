"""Names between tables: every one given once, every one used exists, and nothing needs itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.cycles import cycles
from core.catalog.reader import read_catalog
from tests.core.catalog.catalogs import lines_of, only_problem, read_beside_house, write_files

if TYPE_CHECKING:
    from pathlib import Path

_WEB = '[[component]]\nid = "web"\nservice = "shop"\n'
_WRONG_NAMES = {
    "a service": (
        '[[component]]\nid = "web"\nservice = "shopp"',
        'it.toml:3: component[web].service: there is no service "shopp". Did you mean "shop"?',
    ),
    "a component": (
        _WEB + 'needs = ["db", "dbs"]',
        'it.toml:4: component[web].needs[#2]: there is no component "dbs". Did you mean "db"?',
    ),
    "a component among several": (
        _WEB + 'needs = [\n{of = ["db",\n"db1"], at_least = 1}]',
        'it.toml:6: component[web].needs[#1].of[#2]: there is no component "db1". Did you mean "db"?',
    ),
    "a procedure": (
        _WEB + 'procedures = ["restrat"]',
        'it.toml:4: component[web].procedures[#1]: there is no procedure "restrat". Did you mean "restart"?',
    ),
    "an owner": (
        _WEB + 'owner = "anna"',
        'it.toml:4: component[web].owner: there is no staff "anna". Did you mean "ana"?',
    ),
    "a customer": (
        '[[agreement]]\nid = "a"\ncustomer = "zzz"\nservices = ["shop"]',
        'it.toml:3: agreement[a].customer: there is no customer "zzz". Declare it, or correct the name',
    ),
    "a covered service": (
        '[[agreement]]\nid = "a"\ncustomer = "northwind"\nservices = ["shop", "shap"]',
        'it.toml:4: agreement[a].services[#2]: there is no service "shap". Did you mean "shop"?',
    ),
    "a calendar": (
        '[[agreement]]\nid = "a"\ncustomer = "northwind"\nservices = ["shop"]\ncalendar = "offices"',
        'it.toml:5: agreement[a].calendar: there is no calendar "offices". Did you mean "office"?',
    ),
}


@pytest.mark.parametrize("what", _WRONG_NAMES)
def test_a_wrong_name_brings_the_nearest_right_one(what: str, tmp_path: Path) -> None:
    text, expected = _WRONG_NAMES[what]
    assert lines_of(read_beside_house(tmp_path, text), tmp_path) == [expected]


def test_an_owner_in_free_text_is_nobody_on_the_list(tmp_path: Path) -> None:
    assert read_beside_house(tmp_path, _WEB + 'owner = "Night shift"').problems == ()


def test_an_id_given_twice_is_told_with_both_places(tmp_path: Path) -> None:
    loaded = read_beside_house(tmp_path, '[[component]]\nservice = "shop"\nid = "db"\n')
    house = (tmp_path / "house.toml").read_text().splitlines().index('id = "db"') + 1
    problem = only_problem(loaded)
    assert (problem.line, problem.key) == (3, "component[db].id")
    assert problem.what == f'component "db" is declared already at {tmp_path}/house.toml:{house}'


def test_one_id_may_name_things_of_different_kinds(tmp_path: Path) -> None:
    assert read_beside_house(tmp_path, '[[component]]\nid = "shop"\nservice = "shop"\n').problems == ()


def test_two_people_with_one_login_are_told_apart_by_nobody(tmp_path: Path) -> None:
    problem = only_problem(read_beside_house(tmp_path, '[[staff]]\nid = "bo"\nname = "Bo"\nlogin = "ana"\n'))
    assert problem.key == "staff[bo].login"
    assert problem.what.startswith('the login "ana" belongs to ana already, at ')


def test_components_that_need_one_another_in_a_circle_are_drawn(tmp_path: Path) -> None:
    text = """
[[component]]
id = "a"
service = "shop"
needs = ["db", "b"]
[[component]]
id = "b"
service = "shop"
needs = [{of = ["db", "c"], at_least = 1}]
[[component]]
id = "c"
service = "shop"
needs = ["a"]
"""
    assert lines_of(read_beside_house(tmp_path, text), tmp_path) == [
        (
            "it.toml:5: component[a].needs[#2]: these need one another in a circle: a → b → c → a. "
            "Take one of these needs out"
        )
    ]


def test_a_component_that_needs_itself_is_told_so(tmp_path: Path) -> None:
    problem = only_problem(read_beside_house(tmp_path, _WEB + 'needs = ["db", "web"]'))
    assert (problem.line, problem.what) == (4, "needs itself: web → web")


def test_a_table_with_a_mistake_inside_still_stands_for_its_name(tmp_path: Path) -> None:
    text = _WEB + 'colour = 1\n[[component]]\nid = "app"\nservice = "shop"\nneeds = ["web"]\n'
    assert only_problem(read_beside_house(tmp_path, text)).key == "component[web].colour"


@pytest.mark.parametrize(
    "broken", [b'[[component]]\nid = "web"\nservice = \n', b'[[component]]\nid = "web"\ntitle = "\xff"\n']
)
def test_a_name_that_a_broken_file_may_declare_is_not_missed(broken: bytes, tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_bytes(broken)
    text = '[[component]]\nid = "app"\nservice = "shop"\nneeds = ["web"]\n'
    assert only_problem(read_beside_house(tmp_path, text)).file == str(tmp_path / "broken.toml")


def test_a_need_of_the_same_thing_is_found_among_ten_thousand_names(tmp_path: Path) -> None:
    names = [f"orders-web-{number:05}" for number in range(3000)]
    tables = "".join(f'[[component]]\nid = "{name}"\nservice = "shop"\n' for name in names)
    files = {
        "shop.toml": '[[service]]\nid = "shop"\n' + tables,
        "z.toml": '[[component]]\nid = "z"\nservice = "shop"\nneeds = ["odrers-web-01234", "orders-web-0123"]\n',
    }
    write_files(tmp_path, files)
    steps = [problem.next_step for problem in read_catalog(tmp_path).problems]
    assert steps[0] == 'Did you mean "orders-web-01234"?'
    assert re.fullmatch(r'Did you mean "orders-web-0\d*123\d*"\?', steps[1])


_GRAPHS = st.dictionaries(st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefghxy"), max_size=4))


@given(_GRAPHS)
def test_circles_are_real_and_without_their_names_none_is_left(needs: dict[str, list[str]]) -> None:
    found = cycles(needs)
    for circle in found:
        assert all(
            after in needs[before] for before, after in zip(circle, (*circle[1:], circle[0]), strict=True)
        )
    named = {name for circle in found for name in circle}
    left = {name: [n for n in below if n not in named] for name, below in needs.items() if name not in named}
    assert cycles(left) == []
    assert bool(found) == _goes_round(needs)


def test_a_chain_of_fifty_thousand_needs_is_followed_to_its_end() -> None:
    chain = {str(number): [str(number + 1)] for number in range(50_000)}
    assert cycles(chain) == []
    assert len(cycles({**chain, "50000": ["0"]})[0]) == 50_001


def _goes_round(needs: dict[str, list[str]]) -> bool:
    """Says whether a graph has a circle, by taking away what needs nothing until nothing changes."""
    left = {name: {n for n in below if n in needs} for name, below in needs.items()}
    while free := [name for name, below in left.items() if not below]:
        left = {name: below - set(free) for name, below in left.items() if name not in free}
    return bool(left)
