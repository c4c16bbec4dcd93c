"""How much of a session somebody is there, in ticks of five seconds."""

from __future__ import annotations

TICK_SECONDS = 5
"""[rule] Of browser.engagement.active_ticks."""
_SLEEPS_AFTER = 8 * 3600
_AWAKE_SHARE = 0.5
"""[chosen] Of the rest of a session on Windows, whose length counts sleep ([rule] bugs 1204823,
1205567 and 1205985)."""


def active_ticks(seconds: int, active_share: float, *, counts_sleep: bool) -> int:
    """Return how many ticks a session has; together never longer than it.

    Args:
        seconds: Its length.
        active_share: Of the time in which the machine is awake; from 0 to 1.
        counts_sleep: Whether the length does.
    """
    asleep = max(0, seconds - _SLEEPS_AFTER) * (1 - _AWAKE_SHARE) if counts_sleep else 0
    return int((seconds - asleep) * active_share) // TICK_SECONDS
