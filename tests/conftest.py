"""Settings of the test run."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Time is the machine's affair, not the property's.
settings.register_profile(
    "tensorbridge", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tensorbridge")
