"""Rotas and policies drawn at random, over the staff and groups of a catalog: those a file may declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from core.catalog.oncall import Layer, Policy, PolicyStep, Rota

if TYPE_CHECKING:
    from core.catalog.model import Catalog

_ZONES = st.sampled_from(("UTC", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe"))
_BEGINS = st.sampled_from(("2025-12-29", "2026-03-28", "2026-03-30", "2026-10-25"))
_TURNS = st.sampled_from((60, 90, 720, 1440, 10080))
_HOURS: Any = st.sampled_from((((0, 0, 1440),), ((0, 480, 720), (0, 780, 1080), (6, 1, 2)), ()))
_SINCE: Any = st.sampled_from(("opened", "unanswered", "at risk", "broken"))
_ENDS: Any = st.sampled_from(("acknowledge", "resolve"))
_AFTER = st.sampled_from((0.0, 0.5, 300.0, 5400.0))
_NAMES = st.sampled_from(("first", "second", "nights"))


@st.composite
def rotas(draw: st.DrawFn, name: str, staff: list[str]) -> Rota:
    """Draws a rota in which some of `staff` take turns."""
    layers = tuple(
        Layer(
            layer, tuple(draw(st.lists(st.sampled_from(staff), min_size=1, max_size=3, unique=True))), draw(_BEGINS),
            draw(st.integers(0, 1439)), draw(_TURNS), draw(_HOURS),
        )
        for layer in draw(st.lists(_NAMES, min_size=1, max_size=3, unique=True))
    )  # fmt: skip
    return Rota(name, draw(st.sampled_from(("On call", "Bereit é"))), draw(_ZONES), layers, draw(_HOURS))


@st.composite
def policies(draw: st.DrawFn, name: str, catalog: Catalog) -> Policy:
    """Draws a policy that tells rotas, staff, their groups and roles, and channels."""
    groups = [g.id for g in catalog.groups_of_people.values() if any("@" not in each for each in g.members)]
    roles = {f"role:{person.role}" for person in catalog.staff.values()}
    whom = st.sampled_from(
        ["channel:room", *sorted(roles), *catalog.staff, *groups, *(f"rota:{each}" for each in catalog.rotas)]
    )
    steps = tuple(
        PolicyStep(tuple(tell), draw(_AFTER), draw(_SINCE))
        for tell in draw(
            st.lists(st.lists(whom, min_size=1, max_size=3, unique=True), min_size=1, max_size=3)
        )
    )
    repeat = draw(st.integers(0, 20))
    every = draw(st.sampled_from((5400.0, 86400.0))) if repeat else 0.0
    return Policy(name, "Who is told", steps, repeat, every, draw(_ENDS))
