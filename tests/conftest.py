"""What every test shares: Hypothesis without a clock, for the suite runs on small and busy machines."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.postgres"]
settings.register_profile(
    "watchfloor",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("watchfloor")
