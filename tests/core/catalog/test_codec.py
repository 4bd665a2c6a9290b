from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given

from core.catalog.codec import decode, encode
from core.catalog.model import Catalog, Component, Probe, TcpTarget
from core.errors import BadInput
from core.monitoring.model import Metric, Reading, State
from tests.core.catalog.values import catalogs

_PROBE: dict[str, Any] = {"id": "p", "target": {"kind": "tcp", "host": "127.0.0.1", "port": 1}}


@given(catalogs())
def test_any_catalog_comes_back_from_json_as_it_was(catalog: Catalog) -> None:
    text = json.dumps(encode(catalog))
    again = decode(Catalog, json.loads(text))
    assert again == catalog
    assert json.dumps(encode(again)) == text


def test_values_of_other_houses_are_kept_as_well() -> None:
    reading = Reading(
        State.WARNING, "slow", (Metric("a", 1.5, minimum=0), Metric("b", 2)), phases=(("dns", 0.1),)
    )
    assert decode(Reading, json.loads(json.dumps(encode(reading)))) == reading


def test_equal_values_give_equal_text_whatever_their_numbers_were_written_as() -> None:
    target = TcpTarget("127.0.0.1", 1)
    whole, broken = Probe("p", target, every_s=10), Probe("p", target, every_s=10.0)
    assert json.dumps(encode(whole)) == json.dumps(encode(broken))


def test_what_a_newer_program_added_is_passed_over_and_what_an_older_one_lacks_is_filled_in() -> None:
    data = {**_PROBE, "colour": "red", "target": {**_PROBE["target"], "speed": 9}}
    assert decode(Probe, data) == Probe("p", TcpTarget("127.0.0.1", 1))


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        ([], "", "[] is no Probe"),
        ({"id": "p"}, "", "the key 'target' of a Probe is missing"),
        ({**_PROBE, "id": 5}, "id", "5 is no str"),
        ({**_PROBE, "attempts": True}, "attempts", "True is no int"),
        ({**_PROBE, "every_s": "10"}, "every_s", "'10' is no float"),
        ({**_PROBE, "thresholds": {}}, "thresholds", "{} is no list of the right length"),
        ({**_PROBE, "thresholds": [{}]}, "thresholds.0", "the key 'metric' of a Threshold is missing"),
        ({**_PROBE, "target": {"kind": "ftp"}}, "target.kind", "there is no kind 'ftp'"),
        ({**_PROBE, "target": {"kind": []}}, "target.kind", "there is no kind []"),
        ({**_PROBE, "target": 5}, "target", "5 is of none of the types it may have"),
        ({**_PROBE, "target": {"kind": "host", "aspect": "x"}}, "target.aspect", "'x' is none of load"),
        ({**_PROBE, "target": {"kind": "host", "aspect": []}}, "target.aspect", "[] is none of load"),
    ],
)
def test_what_cannot_be_a_value_is_refused_with_its_place(data: Any, where: str, what: str) -> None:
    with pytest.raises(BadInput) as caught:
        decode(Probe, data)
    assert caught.value.where == where
    assert caught.value.what.startswith(what)


def test_a_table_of_values_names_the_one_that_is_wrong() -> None:
    with pytest.raises(BadInput) as caught:
        decode(
            Catalog, {"components": {"web": {"id": "web", "title": "Web", "service": "shop", "needs": [{}]}}}
        )
    assert caught.value.where == "components.web.needs.0"
    assert decode(Component, {"id": "web", "title": "Web", "service": "shop"}) == Component(
        "web", "Web", "shop"
    )


@dataclass(frozen=True, slots=True)
class _Last:
    """A value that may hold one dataclass without a kind, a figure, or nothing."""

    reading: Reading | None = None
    figure: float | None = None


@pytest.mark.parametrize("last", [_Last(), _Last(Reading(State.OK, "fine"), 3.5)])
def test_what_may_be_missing_comes_back_missing_or_whole(last: _Last) -> None:
    assert decode(_Last, json.loads(json.dumps(encode(last)))) == last
