from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.starter.orders_service.faults import Fault, clear_faults, fault, faults_in_force, raise_fault
from console.starter.orders_service.settings import OrdersError, Settings, read_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "orders.ini").write_text("[orders]\n")
    return read_settings(tmp_path, {})


def test_a_fault_is_in_force_until_it_is_cleared(settings: Settings) -> None:
    raise_fault(settings, Fault("front", "slow", 3.0))
    raise_fault(settings, Fault("worker", "stuck"))

    assert faults_in_force(settings) == [Fault("worker", "stuck"), Fault("front", "slow", 3.0)]
    assert clear_faults(settings, "front") == [Fault("front", "slow", 3.0)]
    assert faults_in_force(settings) == [Fault("worker", "stuck")]
    clear_faults(settings)
    assert faults_in_force(settings) == []


def test_raising_it_again_changes_it(settings: Settings) -> None:
    raise_fault(settings, Fault("front", "slow", 3.0))
    raise_fault(settings, Fault("front", "slow", 5.0, is_lasting=True))

    assert faults_in_force(settings) == [Fault("front", "slow", 5.0, is_lasting=True)]


def test_a_lasting_fault_outlives_a_start(settings: Settings) -> None:
    raise_fault(settings, Fault("front", "error", is_lasting=True))
    raise_fault(settings, Fault("front", "slow", 1.0))

    clear_faults(settings, "front", also_lasting=False)

    assert faults_in_force(settings) == [Fault("front", "error", is_lasting=True)]


@pytest.mark.parametrize("text", ["", "3", "[]", '{"seconds": "x"}', "\udcff"])
def test_a_flag_file_made_by_hand_counts(settings: Settings, text: str) -> None:
    settings.fault_directory.mkdir(parents=True)
    (settings.fault_directory / "front.slow").write_text(text, errors="surrogateescape")

    assert fault(settings, "front", "slow") == Fault("front", "slow", 1.0)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (Fault("store", "error"), "orders-store has no fault 'error'; it has: slow, kill"),
        (Fault("front", "../../x"), "has no fault"),
        (Fault("front", "slow"), "say by how many seconds"),
        (Fault("front", "slow", float("nan")), "say by how many seconds"),
        (Fault("front", "slow", 601), "say by how many seconds"),
        (Fault("front", "error", 3), "error takes no seconds"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(settings: Settings, wrong: Fault, why: str) -> None:
    with pytest.raises(OrdersError, match=why):
        raise_fault(settings, wrong)

    assert faults_in_force(settings) == []
