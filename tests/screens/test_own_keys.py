"""Keys of one's own: written as they are typed or by name; what no terminal can send is refused."""

from __future__ import annotations

import pytest

from core.errors import BadInput
from screens.actions import ACTIONS
from screens.registry import Registry


@pytest.mark.parametrize(
    ("written", "arrives"),
    [("U", "U"), ("f5", "f5"), ("ctrl+t", "ctrl+t"), ("%", "percent_sign"), ("percent_sign", "percent_sign")],
)
def test_a_key_is_written_as_it_is_typed_or_by_name(written: str, arrives: str) -> None:
    registry = Registry(ACTIONS, {"incident.take": (written,)})
    assert registry["incident.take"].keys == (arrives,)


@pytest.mark.parametrize("written", ["zzz", "f99", "ctrl+", "strg+t", "", "question mark"])
def test_what_no_terminal_can_send_is_refused(written: str) -> None:
    with pytest.raises(BadInput, match=r"incident\.take, is no key"):
        Registry(ACTIONS, {"incident.take": (written,)})
