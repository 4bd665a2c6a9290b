"""What an entry says in one sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core.journal.model import Entry, Subject, Via
from core.journal.wording import sentence

AT = datetime(2026, 5, 1, tzinfo=UTC)


def said(kind: str, changes: dict[str, tuple[Any, Any]], note: str = "") -> str:
    return sentence(
        Entry(1, AT, "agent", Via.AGENT, kind, Subject("component", "orders-store"), changes, note)
    )


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"state": ("ok", "critical"), "confirmed": (True, False), "summary": ("", "refused")},
            "orders-store is critical (not confirmed yet): refused",
        ),
        ({"state": ("ok", "critical"), "summary": ("", "refused")}, "orders-store is critical: refused"),
        (
            {"confirmed": (False, True), "summary": ("refused", "refused again")},
            "orders-store confirmed: refused again",
        ),
        ({"confirmed": (False, True)}, "orders-store confirmed"),
        ({"confirmed": (True, False)}, "orders-store is to be confirmed anew"),
        ({"flapping": (False, True)}, "orders-store is flapping"),
        ({"flapping": (True, False)}, "orders-store is no longer flapping"),
        ({"summary": ("a", "b")}, "orders-store says now: b"),
    ],
)
def test_a_component_that_changed_says_what_changed(changes: dict[str, tuple[Any, Any]], text: str) -> None:
    assert said("component.changed", changes) == text


def test_a_kind_nobody_wrote_words_for_is_still_readable() -> None:
    assert said("component.was_repainted", {}, "blue\nand green") == "orders-store was repainted: blue …"


def test_a_refused_catalog_does_not_claim_that_another_is_in_force() -> None:
    text = said("catalog.refused", {"problems": ([], ["a.toml:3: no such service"])})
    assert text == "catalog refused, 1 problem: a.toml:3: no such service"


def test_the_agents_duty_is_told_in_an_operators_words() -> None:
    assert said("lease.taken", {"holder": ("", "host-2")}) == "orders-store taken by host-2"
    over = said("lease.taken", {"holder": ("host-1", "host-2"), "over": ("", "host-1")})
    assert over == "orders-store taken over by host-2: host-1 fell silent"
    assert "ended, and nobody watches" in said("lease.given_up", {})
