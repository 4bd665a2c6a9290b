"""What every test shares: Hypothesis without a clock, for the suite runs on small and busy machines."""

from __future__ import annotations

import os
import sys

from hypothesis import HealthCheck, settings

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
