"""A value that stands for a row is the value, from the first look on."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any

import pytest

from core.made_late import MadeLate, made_late


@dataclass(frozen=True, slots=True)
class Thing(MadeLate):
    """Something with a number and a name."""

    id: int
    name: str = "none"
    parts: tuple[str, ...] = ()


FILLED: list[int] = []


def _fill(thing: Thing, row: tuple[int, str], parts: list[str]) -> None:
    FILLED.append(row[0])
    Thing.__init__(thing, row[0], row[1], tuple(parts))


def late(number: int, name: str, *parts: str) -> Thing:
    return made_late(Thing, number, _fill, (number, name), list(parts))


@pytest.fixture(autouse=True)
def _none_filled() -> None:
    FILLED.clear()


def test_its_number_fills_nothing_in_and_the_first_other_look_all_at_once() -> None:
    thing = late(7, "lamp", "bulb")
    assert (thing.id, FILLED) == (7, [])
    assert (thing.name, thing.parts, FILLED) == ("lamp", ("bulb",), [7])
    assert thing == Thing(7, "lamp", ("bulb",))
    assert FILLED == [7]


def test_a_field_with_a_default_is_filled_in_too() -> None:
    assert late(1, "x", "a").parts == ("a",)


@pytest.mark.parametrize("made", [lambda thing: replace(thing, id=9), copy.copy, copy.deepcopy, repr, hash])
def test_what_is_made_of_it_is_made_of_the_whole(made: Any) -> None:
    whole, seen = made(Thing(7, "lamp", ("bulb",))), made(late(7, "lamp", "bulb"))
    assert seen == whole


def test_a_name_no_field_has_is_said_as_of_any_value() -> None:
    with pytest.raises(AttributeError, match="colour"):
        _ = late(7, "lamp").colour  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="colour"):
        _ = Thing(7).colour  # type: ignore[attr-defined]


def test_rows_are_compared_without_filling_anything_in() -> None:
    assert late(7, "lamp", "bulb").is_same_as(late(7, "lamp", "bulb"))
    assert not late(7, "lamp", "bulb").is_same_as(late(7, "lamp"))
    assert FILLED == []
    assert late(7, "lamp").is_same_as(Thing(7, "lamp"))
    assert not late(7, "lamp").is_same_as(None)
