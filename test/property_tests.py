"""Settings of the property tests: the same examples at each run, unless a campaign is asked for.

HYPOTHESIS_PROFILE=campaign python -m unittest test.decode.test_paths_agree; `quick` is for mutation
runs, which run the tests a thousand times.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SLOW_START = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=200,
    suppress_health_check=_SLOW_START,
)
settings.register_profile(
    "quick",
    parent=settings.get_profile("repeatable"),
    max_examples=50,
)
settings.register_profile(
    "campaign",
    deadline=None,
    database=None,
    max_examples=50_000,
    suppress_health_check=_SLOW_START,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def examples(share: float) -> settings:
    """Return the profile's settings with a share of its number of examples."""
    return settings(max_examples=max(1, round(settings().max_examples * share)))
