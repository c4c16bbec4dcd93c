from __future__ import annotations

import unittest

import numpy as np

from crash_rate_aggregates.verdicts.explanation.explanation import explain
from crash_rate_aggregates.verdicts.explanation.leaves import Leaves, leaves_from_columns
from crash_rate_aggregates.verdicts.explanation.standard_hours import with_standard_hours


def _moving() -> Leaves:
    """Return two builds by five countries by four systems; the newer crashes 3 times as often.

    In c0 it has spread, in the other countries it has not; no rate has changed anywhere.
    """
    cells = [(c, b, s) for c in range(5) for b in ("old", "new") for s in range(4)]
    hours_before = np.array([9000.0 if build == "old" else 1000 for _, build, _ in cells])
    spread = np.array([country == 0 for country, _, _ in cells])
    hours_now = np.where(spread, 10_000 - hours_before, hours_before)
    rates = np.array([0.1 if build == "old" else 0.3 for _, build, _ in cells])
    columns = {
        "country": [f"c{country}" for country, _, _ in cells],
        "build": [build for _, build, _ in cells],
        "os": [f"s{system}" for _, _, system in cells],
    }
    return leaves_from_columns(
        columns, hours_before * rates, hours_before, hours_now * rates, hours_now
    )


class StandardHoursTest(unittest.TestCase):
    def test_a_shift_of_the_mix_is_no_spike(self) -> None:
        """A country that moved to a build that always crashed more is named by plain hours only."""
        plain = explain(_moving(), 1, weighs_hours=False)
        self.assertEqual([dict(one.values) for one in plain.segments], [{"country": "c0"}])
        self.assertEqual(explain(_moving(), 1).segments, ())

    def test_rates_of_both_periods_are_the_same(self) -> None:
        """Where every value crashes as it did, crashes by standard hours are as before."""
        sums = with_standard_hours(_moving()).sums
        rates = sums.crashes_before / sums.hours_before, sums.crashes_now / sums.hours_now
        np.testing.assert_allclose(rates[0], rates[1], rtol=1e-12)
        # The effects of builds are shrunk by the weight of 10 crashes, so not quite equal.
        np.testing.assert_allclose(rates[0], 0.12, rtol=0.02)

    def test_the_hours_before_stay_in_all(self) -> None:
        """Their sum is kept, so that the common rate is in crashes by hours that were spent."""
        leaves = _moving()
        before = with_standard_hours(leaves).sums.hours_before.sum()
        self.assertAlmostEqual(before, leaves.sums.hours_before.sum(), places=6)

    def test_a_build_by_hand(self) -> None:
        """With one dimension each value's hours weigh its shrunk rate over the common one."""
        leaves = leaves_from_columns(
            {"build": ["1", "2"]}, [10, 30], [100, 100], [10, 30], [100, 100]
        )
        sums = with_standard_hours(leaves).sums
        # (10 + 10)/(20 + 10) and (30 + 10)/(20 + 10), scaled to 200 hours.
        np.testing.assert_allclose(sums.hours_before, [200 / 3, 400 / 3])
        np.testing.assert_allclose(sums.hours_now, [200 / 3, 400 / 3])

    def test_what_has_no_past_weighs_as_the_rest(self) -> None:
        """A build without crashes and hours before counts its hours as they are."""
        leaves = leaves_from_columns(
            {"build": ["1", "2", "3"]}, [20, 20, 0], [100, 100, 0], [20, 20, 9], [100, 100, 50]
        )
        self.assertAlmostEqual(with_standard_hours(leaves).sums.hours_now[2], 50, places=9)


if __name__ == "__main__":
    unittest.main()
