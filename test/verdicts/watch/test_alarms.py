from __future__ import annotations

import unittest
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from crash_rate_aggregates.verdicts.watch.alarms import (
    AlarmKind,
    AlarmPhase,
    Evening,
    WatchState,
    evening,
)
from crash_rate_aggregates.verdicts.watch.departures import DatedHours, DatedRate

_FIRST = date(2026, 3, 2)
"""A Monday."""
_BEGAN, _ON, _ENDED, _NEW = AlarmPhase


def rates(factors: Sequence[float]) -> list[DatedRate]:
    """Return dates of a large channel with these multiples of 5 crashes per 1,000 hours."""
    return [DatedRate(round(100_000 * factor), 2e7, 0.0, 0.0, 3.0) for factor in factors]


def hours(factors: Sequence[float]) -> list[DatedHours]:
    """Return dates with these multiples of two million hours."""
    return [DatedHours(2e6 * factor, 0.0, 0.0) for factor in factors]


def evenings(
    kind: AlarmKind, dates: Sequence[DatedRate] | Sequence[DatedHours], first: int = 58
) -> Iterator[tuple[int, Evening]]:
    """Yield each evening from that of the date `first` on, with the index of its newest date."""
    state = WatchState()
    for today in range(first - 1, len(dates)):
        found = evening(kind, dates[: today + 1], _FIRST + timedelta(today), state)
        state = found.state
        yield today, found


def phases(
    dates: Sequence[DatedRate] | Sequence[DatedHours], kind: AlarmKind = AlarmKind.RATE_UP
) -> list[AlarmPhase | None]:
    """Return what each evening says, from that of the 59th date on."""
    return [
        found.alarm.phase if found.alarm else None for _, found in evenings(kind, dates, first=59)
    ]


class EveningTest(unittest.TestCase):
    def test_quiet(self) -> None:
        """As long as nothing changes nothing is said."""
        self.assertEqual(phases(rates([1.0] * 70)), [None] * 12)

    def test_one_bad_date(self) -> None:
        """One date alone lights the alarm, which ends with two dates that are as before."""
        found = phases(rates([1.0] * 58 + [1.5] + [1.0] * 4))
        self.assertEqual(found, [_BEGAN, _ON, _ENDED, None, None])

    def test_figures(self) -> None:
        """An alarm says since which date, and how much of what was expected was observed."""
        dates = rates([1.0] * 58 + [1.5, 1.5])
        *_, (_, last) = evenings(AlarmKind.RATE_UP, dates, first=59)
        assert last.alarm is not None
        assert last.alarm.size is not None
        size = last.alarm.size
        self.assertEqual(last.alarm.kind, AlarmKind.RATE_UP)
        self.assertEqual(last.alarm.first_date, _FIRST + timedelta(58))
        self.assertEqual(size.activity_date, _FIRST + timedelta(59))
        self.assertAlmostEqual(size.observed, 7.5, places=3)
        self.assertAlmostEqual(size.expected, 5.0, places=3)
        self.assertAlmostEqual(size.ratio, 1.5, places=4)
        # sd: the least of days, .01 sqrt(56/48), and sqrt(3/150,000).
        self.assertAlmostEqual(size.upper / size.ratio, 1.0232, places=3)

    def test_two_dates(self) -> None:
        """Two dates that are high begin an alarm with the first, where neither would alone."""
        noisy = ([1.0, 1.06, 0.94, 1.05, 0.95] * 12)[:58]
        self.assertEqual(phases(rates([*noisy, 1.3, 1.0])), [None, None])
        *_, (today, found) = evenings(AlarmKind.RATE_UP, rates([*noisy, 1.3, 1.3]), first=59)
        assert found.alarm is not None
        self.assertEqual(found.alarm.phase, _BEGAN)
        self.assertEqual(found.alarm.first_date, _FIRST + timedelta(today - 1))

    def test_new_level(self) -> None:
        """What lasts is the new level after 14 days, and is then expected."""
        found = phases(rates([1.0] * 58 + [1.5] * 30))
        self.assertEqual(found, [_BEGAN] + [_ON] * 13 + [_NEW] + [None] * 15)

    def test_above_the_new_level(self) -> None:
        """A rise above a new level is an alarm again, with that level as what was expected."""
        dates = rates([1.0] * 58 + [1.5] * 20 + [2.0])
        *_, (_, last) = evenings(AlarmKind.RATE_UP, dates, first=59)
        assert last.alarm is not None
        assert last.alarm.size is not None
        self.assertEqual(last.alarm.phase, _BEGAN)
        self.assertAlmostEqual(last.alarm.size.expected, 7.5, places=3)

    def test_bad_date_masks_nothing(self) -> None:
        """Ten days after a date of five times the rate half as much again is told at once."""
        found = phases(rates([1.0] * 58 + [5.0] + [1.0] * 9 + [1.5] * 2))
        self.assertEqual(found, [_BEGAN, _ON, _ENDED, *[None] * 7, _BEGAN, _ON])

    def test_bad_date_moves_no_level(self) -> None:
        """Dates inside an alarm that is over are left out of the level."""
        dates = rates([1.0] * 58 + [5.0] + [1.0] * 4)
        *_, (_, last) = evenings(AlarmKind.RATE_UP, dates, first=59)
        self.assertEqual(last.state, WatchState(left_out=(_FIRST + timedelta(58),)))

    def test_unknown_dates(self) -> None:
        """An alarm neither ends nor is sized by dates that are not known."""
        dates = rates([1.0] * 58 + [1.5]) + [DatedRate(0, 0.0, 0.0, 0.0, 3.0)] * 2
        *_, (_, last) = evenings(AlarmKind.RATE_UP, dates, first=59)
        assert last.alarm is not None
        self.assertEqual((last.alarm.phase, last.alarm.size), (_ON, None))

    def test_too_short_a_history(self) -> None:
        """With fewer than 28 dates before the newest two nothing is watched, and it says so."""
        dates = rates([1.0] * 28 + [9.0])
        found = evening(AlarmKind.RATE_UP, dates, _FIRST + timedelta(28))
        self.assertEqual(found, Evening(None, WatchState(), is_watched=False))
        dates = rates([1.0] * 29 + [9.0])
        found = evening(AlarmKind.RATE_UP, dates, _FIRST + timedelta(29))
        self.assertTrue(found.is_watched and found.alarm)

    def test_old_dates_are_forgotten(self) -> None:
        """The state holds no date that is no longer looked at."""
        dates = rates([1.0] * 58 + [1.5] * 20 + [1.0] * 80)
        *_, (_, last) = evenings(AlarmKind.RATE_UP, dates, first=59)
        self.assertEqual(last.state, WatchState())

    def test_fewer_crashes(self) -> None:
        """Fewer crashes are no alarm."""
        self.assertEqual(phases(rates([1.0] * 58 + [0.3] * 3)), [None] * 3)


class HoursMissingTest(unittest.TestCase):
    def test_half_missing(self) -> None:
        """Half of the hours missing is an alarm until they are back."""
        found = phases(hours([1.0] * 58 + [0.5, 0.5] + [1.0] * 3), AlarmKind.HOURS_MISSING)
        self.assertEqual(found, [_BEGAN, _ON, _ON, _ENDED, None])

    def test_more_hours(self) -> None:
        """More hours than ever are no alarm."""
        self.assertEqual(phases(hours([1.0] * 58 + [2.0] * 3), AlarmKind.HOURS_MISSING), [None] * 3)

    def test_no_rows(self) -> None:
        """A date without rows is an alarm, with 0 observed."""
        found = list(evenings(AlarmKind.HOURS_MISSING, hours([1.0] * 58 + [0.0]), first=59))
        alarm = found[-1][1].alarm
        assert alarm is not None
        assert alarm.size is not None
        self.assertEqual((alarm.phase, alarm.size.observed, alarm.size.ratio), (_BEGAN, 0.0, 0.0))

    def test_date_without_rows_in_the_past(self) -> None:
        """A date without rows moves no level once it is past."""
        found = phases(hours([1.0] * 58 + [0.0] + [1.0] * 10), AlarmKind.HOURS_MISSING)
        self.assertEqual(found, [_BEGAN, _ON, _ENDED] + [None] * 8)


if __name__ == "__main__":
    unittest.main()
