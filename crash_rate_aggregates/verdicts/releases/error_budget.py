"""How often a verdict may be wrong: false "worse" that a month may have, shared out."""

from __future__ import annotations

from enum import Enum

_MOST_ALPHA = 0.10
_ANOTHER_CHANNEL = 0.25
"""Of release's budget. Release is where a late "worse" costs most, so it has most of it."""
_DOT_RELEASE = 0.1
"""Of the chance that a release has: it changes little, so that "worse" would mostly be wrong."""


class Share(Enum):
    """False "worse" a month that release may have, for each share."""

    HEADLINE = 0.20
    """Main crashes, and as many again for content crashes."""
    BESIDE = 0.04
    """Both together, which are worse only where one of them is; as many again for all other kinds
    together."""


def alpha_for(
    share: Share,
    verdicts_a_month: float,
    *,
    on_release: bool,
    sharing: int = 1,
    is_dot_release: bool = False,
) -> float:
    """Return the chance of a false "worse" that one verdict has, at most 0.1.

    Args:
        share: Of the kind that is judged.
        verdicts_a_month: Versions that the channel judges in a month, planned dot releases apart:
            about 2 on release, 13 betas, 30 nightly builds.
        on_release: Whether it is the release channel; the others have a fourth of its budget.
        sharing: Kinds that share the budget; 1 for main, content and both.
        is_dot_release: Whether the version is a planned dot release, which has a tenth of a
            release's chance.
    """
    budget = share.value * (1.0 if on_release else _ANOTHER_CHANNEL)
    alpha = min(_MOST_ALPHA, budget / verdicts_a_month) / sharing
    return alpha * _DOT_RELEASE if is_dot_release else alpha
