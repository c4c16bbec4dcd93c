from __future__ import annotations

import unittest
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

import test.property_tests  # noqa: F401  Settings of hypothesis.
from crash_rate_aggregates.database.days.recent_days import OpenAttempt, RecentDay
from crash_rate_aggregates.health.check import CheckedDay, Fault, check_day, is_plausible
from crash_rate_aggregates.ledger import RowSums
from test.health.made_days import stored_day, sums_of

DAY = date(2016, 3, 14)


def past(*main_pings: int, days_apart: int = 7, crash_pings: int = 150) -> list[RecentDay]:
    """Return earlier days with these numbers of main pings, the latest first."""
    return [
        stored_day(DAY - timedelta(days=days_apart * number), pings, crash_pings)
        for number, pings in enumerate(main_pings, 1)
    ]


def checked(day: RecentDay, earlier: list[RecentDay] | None = None) -> CheckedDay:
    """Check a day whose rows are what its ledger says."""
    return check_day(day, sums_of(day), earlier or [])


def faults(day: CheckedDay) -> list[Fault]:
    """Return what is wrong with a day, in order."""
    return [finding.fault for finding in day.findings]


class WholeTest(unittest.TestCase):
    def test_well(self) -> None:
        """A day that is there, balances and is as usual has no finding."""
        day = checked(stored_day(DAY, 1000), past(900, 1000, 1100))
        self.assertEqual(day, CheckedDay(DAY, 1000, 150, (), has_past=True))

    def test_missing(self) -> None:
        """A day without a run is missing; a run that failed is told too."""
        at = datetime(2016, 3, 15, 12, 3, tzinfo=UTC)
        missing = check_day(RecentDay(DAY, None, None), RowSums(), [])
        self.assertEqual(faults(missing), [Fault.MISSING])
        tried = check_day(
            RecentDay(DAY, None, OpenAttempt(at, "no pings [no-pings]")), RowSums(), []
        )
        self.assertEqual(faults(tried), [Fault.MISSING, Fault.FAILED])
        self.assertEqual(
            tried.findings[1].text,
            "the run of 2016-03-15 12:03 UTC did not commit: no pings [no-pings]",
        )

    def test_failed_later(self) -> None:
        """A stored day whose later run was killed is not well."""
        at = datetime(2016, 3, 20, 12, tzinfo=UTC)
        day = checked(stored_day(DAY, open_attempt=OpenAttempt(at, None)))
        self.assertEqual(
            [finding.text for finding in day.findings],
            ["the run of 2016-03-20 12:00 UTC did not commit: it still runs or was killed"],
        )

    def test_early(self) -> None:
        """A run that began before the day was over cannot have all its pings."""
        day = checked(stored_day(DAY, started_at=datetime(2016, 3, 14, 23, 30, tzinfo=UTC)))
        self.assertEqual(
            [finding.text for finding in day.findings],
            ["its run began on 2016-03-14 23:30 UTC, before the day was over"],
        )

    def test_unbalanced(self) -> None:
        """Each sum that does not fit the ledger is named with both numbers."""
        lost = check_day(stored_day(DAY, 1000, 150), RowSums(6, 999, 149), [])
        unbalanced = "its ledger does not balance"
        self.assertEqual(
            [finding.text for finding in lost.findings],
            [
                f"{unbalanced}: aggregates 7, rows 6",
                f"{unbalanced}: counted usage pings 1,000, usage pings in the rows 999",
                f"{unbalanced}: counted crash pings 150, crash pings in the rows 149",
            ],
        )
        unread = stored_day(DAY, 1000, 150, pings_read=1151)
        self.assertEqual(
            [finding.text for finding in checked(unread).findings],
            ["its ledger does not balance: pings read 1,151, outcomes 1,150"],
        )

    def test_damaged(self) -> None:
        """A day with damaged files is not whole."""
        day = checked(stored_day(DAY, damaged_files=2))
        self.assertEqual(faults(day), [Fault.DAMAGED])
        self.assertEqual(day.findings[0].text, "2 of its files were damaged")

    def test_empty(self) -> None:
        """A day of which no ping is counted is not well, whatever its past is."""
        unreadable = stored_day(DAY, 0, 0, unreadable=922)
        for stored, number in ((stored_day(DAY, 0, 0), 0), (unreadable, 922)):
            self.assertEqual(
                [(one.fault, one.text) for one in checked(stored).findings],
                [(Fault.EMPTY, f"none of the {number} pings read is counted")],
            )


class VolumeTest(unittest.TestCase):
    def test_bounds(self) -> None:
        """Half and twice the median are plausible, one ping beyond is not."""
        earlier = past(800, 1000, 5000)
        for pings, wanted in ((500, []), (499, [Fault.VOLUME]), (2000, []), (2001, [Fault.VOLUME])):
            with self.subTest(pings=pings):
                self.assertEqual(faults(checked(stored_day(DAY, pings), earlier)), wanted)
        low = checked(stored_day(DAY, 499), earlier)
        self.assertEqual(low.findings[0].text, "499 main pings counted, where 1,000 are usual")

    def test_crash_pings_alone(self) -> None:
        """Crash pings that stay away are told, although main pings are as usual."""
        day = checked(stored_day(DAY, 1000, 0), past(1000, 1000, 1000))
        self.assertEqual(
            [finding.text for finding in day.findings],
            ["0 crash pings counted, where 150 are usual"],
        )

    def test_few_pings(self) -> None:
        """Where fewer than 100 are usual, chance explains any number."""
        earlier = past(1000, 1000, 1000, crash_pings=99)
        self.assertEqual(faults(checked(stored_day(DAY, 1000, 0), earlier)), [])

    def test_same_weekday_goes_first(self) -> None:
        """A Sunday is compared with Sundays, whatever the days between were."""
        sundays = past(400, 400, 400)
        others = [day for day in past(*[1000] * 20, days_apart=1) if day not in sundays]
        between = [one for one in others if (DAY - one.submission_date).days % 7]
        self.assertEqual(faults(checked(stored_day(DAY, 400), [*sundays, *between])), [])

    def test_short_past(self) -> None:
        """With fewer than 3 same weekdays all days count, from 7 on; with fewer nothing does."""
        seven, six = past(*[1000] * 7, days_apart=1), past(*[1000] * 6, days_apart=1)
        self.assertEqual(faults(checked(stored_day(DAY, 10), seven)), [Fault.VOLUME])
        nothing = checked(stored_day(DAY, 10), six)
        self.assertEqual((faults(nothing), nothing.has_past), ([], False))

    def test_what_is_no_past(self) -> None:
        """Days over 6 weeks ago, the day itself, later and missing ones do not count."""
        old = [stored_day(DAY - timedelta(days=42 + 7 * number)) for number in (1, 2, 3)]
        later = [stored_day(DAY + timedelta(days=7 * number)) for number in range(4)]
        gone = [RecentDay(DAY - timedelta(days=number), None, None) for number in range(1, 15)]
        self.assertFalse(checked(stored_day(DAY), [*old, *later, *gone]).has_past)

    @given(
        st.lists(st.integers(100, 10**9), min_size=4, max_size=4),
        st.lists(st.integers(0, 10**10), max_size=2),
        st.randoms(use_true_random=False),
    )
    def test_outliers_do_not_decide(self, good, bad, chance) -> None:
        """While most of the past is right, no wrong day in it makes an impossible number pass."""
        numbers = [*good, *bad]
        chance.shuffle(numbers)
        day = checked(stored_day(DAY, 2 * max(good) + 1), past(*numbers))
        self.assertIn(Fault.VOLUME, faults(day))

    @given(st.integers(0, 10**9), st.floats(0, 1e9))
    def test_plausible_both_ways(self, number, expected) -> None:
        """The rule is the same up and down: half of it is as plausible as twice it."""
        wanted = expected < 100 or (expected <= 2 * number and number <= 2 * expected)
        self.assertEqual(is_plausible(number, expected), wanted)


if __name__ == "__main__":
    unittest.main()
