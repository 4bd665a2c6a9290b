from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.starter.orders_service.settings import OrdersError, Settings, read_settings

if TYPE_CHECKING:
    from pathlib import Path


def _ini(directory: Path, text: str) -> Path:
    (directory / "orders.ini").write_text(text)
    return directory


def test_what_is_not_given_has_a_default(tmp_path: Path) -> None:
    settings = read_settings(_ini(tmp_path, "[orders]\n"), {})

    assert (settings.front_port, settings.store_port) == (18710, 18711)
    assert settings.state == tmp_path / "var"
    assert settings.beat == ()


def test_the_environment_has_the_last_word_on_ports(tmp_path: Path) -> None:
    settings = read_settings(_ini(tmp_path, "[orders]\nfront_port = 1000\n"), {"ORDERS_FRONT_PORT": "2000"})

    assert settings.front_port == 2000


def test_a_command_is_taken_apart_without_a_shell(tmp_path: Path) -> None:
    settings = read_settings(_ini(tmp_path, "[orders]\nbeat = '/my %s bin/x' beat $HOME\n"), {})

    assert settings.beat == ("/my %s bin/x", "beat", "$HOME")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("front_port = 1\n", "is not a settings file"),
        ("[other]\n", r"has no section \[orders\]"),
        ("[orders]\nstore_port = x\n", "store_port: 'x' is not a port"),
        ("[orders]\norder_takes = nan\n", "order_takes: 'nan' is not a number of seconds"),
        ("[orders]\nbeat = 'open\n", "beat: the quotes do not close"),
    ],
)
def test_a_mistake_is_named_by_file_and_key(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(OrdersError, match=why) as refusal:
        read_settings(_ini(tmp_path, text), {})

    assert str(tmp_path / "orders.ini") in str(refusal.value)


def test_settings_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(OrdersError, match=r"orders\.ini cannot be read: No such file"):
        read_settings(tmp_path, {})


def _settings_or_refusal(directory: Path) -> Settings | str:
    try:
        return read_settings(directory, {})
    except OrdersError as refusal:
        return str(refusal)


@given(content=st.binary(max_size=200))
def test_no_content_is_more_than_a_refusal(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "orders.ini").write_bytes(b"[orders]\n" + content)
    found = _settings_or_refusal(tmp_path)
    if isinstance(found, str):
        assert str(tmp_path / "orders.ini") in found
    else:
        assert found.directory == tmp_path
