"""What every test shares: Hypothesis without a clock, for the suite runs on small and busy machines."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest

pytest_plugins = ["tests.postgres"]
settings.register_profile(
    "watchfloor",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("watchfloor")

# Hundreds of processes are started by the tests: without it each compiles the whole program anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the tests, puts the journeys among the first of the others.

    A journey waits most of its time, the others calculate; and whoever comes to a long one last holds up the end.
    """
    if not hasattr(config, "workerinput"):
        return
    journeys = [item for item in items if item.get_closest_marker("journey")]
    others = [item for item in items if not item.get_closest_marker("journey")]
    between = max(1, len(others) * 3 // 4 // max(1, len(journeys)))
    items[:] = []
    while journeys or others:
        items += journeys[:1] + others[:between]
        del journeys[:1], others[:between]
