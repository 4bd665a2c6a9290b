"""The file of a person's own keys: where it lies, and what is said of one that cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.launch import read_keymap
from console.places import default_database, own_keys
from core.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path


def test_own_keys_lie_beside_the_default_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHFLOOR_HOME", raising=False)
    for name, folder in (("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    assert own_keys() == tmp_path / "data" / "watchfloor" / "keys.toml"
    assert own_keys().parent == default_database().parent

    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path / "home"))
    assert own_keys() == tmp_path / "home" / "keys.toml"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('"incident.take" = "a"', "a is bound to both incident.acknowledge and incident.take"),
        ('"incident.takee" = "T"', "there is no action 'incident.takee'. Did you mean \"incident.take\"?"),
        ('"incident.take" = 1', "incident.take must be a key or a list of keys"),
        ("x = = 1", "the keys cannot be read"),
    ],
)
def test_keys_that_cannot_be_had_are_told_with_their_file(tmp_path: Path, text: str, told: str) -> None:
    place = tmp_path / "keys.toml"
    place.write_text(text)
    with pytest.raises(BadInput) as refused:
        read_keymap(place)
    assert str(refused.value).startswith(f"{place}: {told}")
    assert refused.value.next_step


def test_keys_that_can_be_had_are_read(tmp_path: Path) -> None:
    place = tmp_path / "keys.toml"
    assert read_keymap(place) == {}
    place.write_text('incident.take = "D"\n"undo" = ["u", "f6"]\n')
    assert read_keymap(place) == {"incident.take": ("D",), "undo": ("u", "f6")}
