from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.improvement.surveys.measures import measure
from core.improvement.surveys.model import Scale


@pytest.mark.parametrize(
    ("scale", "scores", "value", "low", "high"),
    [
        (Scale.CSAT, [5] * 8 + [3] * 2, 80.0, 49.02, 94.33),  # Wilson: 8 of 10
        (Scale.CSAT, [5] * 10, 100.0, 72.25, 100.0),
        (Scale.CSAT, [1], 0.0, 0.0, 79.35),
        (Scale.NPS, [10, 9, 8, 7, 6, 0], 0.0, -71.57, 71.57),
        (Scale.NPS, [10] * 4, 100.0, 100.0, 100.0),
        (Scale.CES, [7, 6, 5, 6], 6.0, 5.2, 6.8),
    ],
)
def test_measures_by_hand(scale: Scale, scores: list[int], value: float, low: float, high: float) -> None:
    found = measure(scale, scores, asked=20)
    assert found.value == pytest.approx(value)
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.high == pytest.approx(high, abs=0.01)
    assert found.rate == pytest.approx(100 * len(scores) / 20)


@pytest.mark.parametrize("scale", Scale)
def test_without_an_answer_there_is_no_value_and_with_one_no_interval_but_wilsons(scale: Scale) -> None:
    none = measure(scale, [], asked=3)
    assert (none.value, none.low, none.high, none.rate) == (None, None, None, 0.0)
    assert measure(scale, [], asked=0).rate is None
    one = measure(scale, [scale.highest], asked=1)
    assert one.value is not None
    assert (one.low is None) is (scale is not Scale.CSAT)


@given(scale=st.sampled_from(Scale), data=st.data())
def test_the_value_lies_in_its_interval(scale: Scale, data: st.DataObject) -> None:
    scores = data.draw(st.lists(st.sampled_from(list(scale.scores)), min_size=2, max_size=50))
    found = measure(scale, scores, asked=len(scores))
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9
