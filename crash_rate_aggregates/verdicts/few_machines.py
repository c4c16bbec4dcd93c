"""Whether few machines or many crash more, and by how much crashes come in bursts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from crash_rate_aggregates.rows import CRASH_BUCKETS
from crash_rate_aggregates.verdicts.arrays import Floats

FEWEST_TOLD: Final = 5
"""With fewer clients that crashed, nothing is said of them but how many crashes there were."""
OFTEN: Final = 6
"""Crashes of a client in a day that no ordinary use explains."""
FEW_FROM: Final = 0.5
"""Share of the excess by clients who crash so often, above which they are few machines."""
MANY_BELOW: Final = 0.25
MOST_MORE_OFTEN: Final = 0.1
"""Of crashing clients, those who began to crash so often: above, they are not few."""
MOST_RISE: Final = 0.25
"""Of all crashing clients, likewise; their number moves by a tenth from day to day anyway."""
_DAYS_OF_MEDIAN: Final = 7
_WEEKS_OF_FACTOR: Final = 2
_LEAST_CRASHES: Final = 50

_IS_OFTEN: Final = np.array([at_least >= OFTEN for at_least, _ in CRASH_BUCKETS.values()])


class Machines(StrEnum):
    """Who crashes more."""

    FEW = "few machines"
    MANY = "many machines"
    UNCLEAR = "cannot say whether few machines or many"


@dataclass(frozen=True, slots=True)
class ClientDays:
    """The clients of D days, as the table of clients counts them."""

    active_clients: Floats
    """float64[D], distinct ones of each day."""
    crashed_clients: Floats
    """float64[D, bucket], likewise, by how often they crashed that day: `CRASH_BUCKETS`."""
    crashes: Floats
    """float64[D, bucket], those of these clients."""


@dataclass(frozen=True, slots=True)
class MachinesVerdict:
    """Whether few machines or many crash more than before."""

    crashes: float
    """In the days of the alarm."""
    machines: Machines | None = None
    """None where fewer than 5 clients crashed: then nothing else is told either."""
    excess: float | None = None
    """Crashes less those expected from the days before, for as many active clients."""
    share_of_often: float | None = None
    """Of the excess, by clients with 6 crashes or more in a day; None without an excess."""
    more_often: float | None = None
    """Clients with 6 crashes or more in a day that are more than expected, over all crashing
    clients expected; None where none were expected."""
    rise_of_clients: float | None = None
    """Of all clients that crashed, over those expected, less 1; None likewise."""


def few_or_many(before: ClientDays, now: ClientDays) -> MachinesVerdict:
    """Tell whether an alarm's excess is by few machines; of ordinary days it means nothing.

    What is expected is the median day before, of each count by active client, so that a machine
    that ran wild on one of those days hides nothing; below 7 days their sums.

    Args:
        before: Days without the alarm, with active clients.
        now: Days of the alarm, likewise.
    """
    crashes = float(now.crashes.sum())
    crashed = now.crashed_clients.sum()
    if crashed < FEWEST_TOLD or 0 < before.crashed_clients.sum() < FEWEST_TOLD:
        return MachinesVerdict(crashes)
    active = now.active_clients.sum()
    excess = now.crashes.sum(axis=0) - active * _by_client(before, before.crashes)
    expected = active * _by_client(before, before.crashed_clients)
    more = now.crashed_clients.sum(axis=0) - expected
    whole, usual = float(excess.sum()), float(expected.sum())
    share = float(excess[_IS_OFTEN].sum()) / whole if whole > 0 else None
    more_often = float(more[_IS_OFTEN].sum()) / usual if usual > 0 else None
    rise = float(more.sum()) / usual if usual > 0 else None
    return MachinesVerdict(crashes, _word(share, more_often, rise), whole, share, more_often, rise)


def machines_line(verdict: MachinesVerdict) -> str:
    """Return what people read: `few machines: 92% of the excess by clients with 6 crashes …`."""
    if verdict.machines is None:
        return f"{verdict.crashes:,.0f} crashes of fewer than {FEWEST_TOLD} clients"
    if verdict.share_of_often is None:
        return str(verdict.machines)
    # More than all, or less than none, where other clients crashed less or more.
    share = min(1.0, max(0.0, verdict.share_of_often))
    line = f"{verdict.machines}: {100 * share:.0f}% of the excess by clients with 6 crashes or more"
    if verdict.rise_of_clients is None:
        return line
    return f"{line} a day, clients that crashed {100 * verdict.rise_of_clients:+.0f}%"


def burst_factor(
    squares: npt.ArrayLike, crashes: npt.ArrayLike, days: npt.ArrayLike
) -> float | None:
    """Return phi, the variance of a count of crashes over its mean, as clients crash in bursts.

    Of a week it is the sum of squares of crashes by client and day over the sum of crashes
    (Liang and Zeger 1986); of all days the median of the weeks (median of means: Nemirovsky and
    Yudin 1983), so that one machine on one day decides nothing for two months.

    Args:
        squares: Sum over clients of the square of their crashes in a day, float64[D].
        crashes: Of a day, float64[D].
        days: Day numbers, int[D], each once, in any order; weeks are counted back from the last.

    Returns:
        At least 1; None with fewer than two weeks that have 50 crashes each.
    """
    day = np.asarray(days, dtype=np.int64)
    if not len(day):
        return None
    week = (day.max() - day) // 7
    crashes_by_week = np.bincount(week, np.asarray(crashes, dtype=float))
    squares_by_week = np.bincount(week, np.asarray(squares, dtype=float))
    enough = crashes_by_week >= _LEAST_CRASHES
    if np.count_nonzero(enough) < _WEEKS_OF_FACTOR:
        return None
    return max(1.0, float(np.median(squares_by_week[enough] / crashes_by_week[enough])))


def _by_client(days: ClientDays, counts: Floats) -> Floats:
    active = days.active_clients
    if len(active) < _DAYS_OF_MEDIAN:
        return np.asarray(counts.sum(axis=0) / active.sum())
    return np.asarray(np.median((counts.T / active).T, axis=0))


def _word(share: float | None, more_often: float | None, rise: float | None) -> Machines:
    if share is None:
        return Machines.UNCLEAR
    if more_often is None or rise is None:
        are_few = False
    else:
        are_few = more_often < MOST_MORE_OFTEN and rise < MOST_RISE
    if share > FEW_FROM and are_few:
        return Machines.FEW
    return Machines.MANY if share < MANY_BELOW else Machines.UNCLEAR
