from __future__ import annotations

import math
import unittest

from crash_rate_aggregates.verdicts.quantiles import normal_upper
from crash_rate_aggregates.verdicts.watch.departures import CLOSE, LOOSE, DatedHours, DatedRate
from crash_rate_aggregates.verdicts.watch.level import Level

_RATE_LEVEL = Level(math.log(5), (0.0,) * 7, 0.0025)
_HOURS_LEVEL = Level(math.log(2e6), (0.0,) * 7, 0.0004)


class RateTest(unittest.TestCase):
    def test_thresholds_by_hand(self) -> None:
        """Days, delays and counts together make the thresholds."""
        rate = DatedRate(30_000, 4e6, 0.1, 0.0011, phi=3.0)
        found = rate.departure(_RATE_LEVEL, 0, CLOSE)
        assert found is not None
        self.assertAlmostEqual(found.distance, math.log(7.5 / 5) - 0.1, places=4)
        # Of so many crashes the count's tail is nearly normal, at 3.719 sd of sqrt(3/x) = .01.
        self.assertAlmostEqual(found.one, math.hypot(4.5 * 0.06, 0.0372), places=3)
        self.assertAlmostEqual(found.two, math.hypot(3.2 * 0.06, 0.0288), places=3)
        self.assertAlmostEqual(found.observed, 7.5 * math.exp(-0.1), places=3)
        self.assertAlmostEqual(found.sd, math.sqrt(0.0036 + 3 / 30_000.5), places=9)
        self.assertTrue(found.stands_out)

    def test_least_rise(self) -> None:
        """However still a channel is, a tenth more is no alarm."""
        still = Level(math.log(5), (0.0,) * 7, 0.0001)
        found = DatedRate(10_000_000, 2e9, 0.0, 0.0, phi=3.0).departure(still, 0, CLOSE)
        assert found is not None
        self.assertEqual((found.one, found.two), (math.log(1.1),) * 2)

    def test_few_crashes(self) -> None:
        """What a few crashes in a few hours make is what chance may make."""
        found = DatedRate(9, 500, 0.0, 0.0, phi=3.0).departure(_RATE_LEVEL, 0, LOOSE)
        assert found is not None
        self.assertFalse(found.is_high)
        none = DatedRate(0, 500, 0.0, 0.0, phi=3.0).departure(_RATE_LEVEL, 0, LOOSE)
        assert none is not None
        self.assertEqual(none.one, math.inf)
        self.assertTrue(none.is_back(largest=0.0))

    def test_back(self) -> None:
        """A date is back below half of the second threshold, or all of it after a large alarm."""
        found = DatedRate(30_000, 5e6, 0.0, 0.0011, phi=3.0).departure(_RATE_LEVEL, 0, CLOSE)
        assert found is not None
        # ln(6/5) = .182 lies between .194 / 2 and .194.
        self.assertFalse(found.is_back(largest=0.4))
        self.assertFalse(found.is_back(largest=0.72))
        self.assertTrue(found.is_back(largest=0.74))
        high = DatedRate(33_000, 5e6, 0.0, 0.0011, phi=3.0).departure(_RATE_LEVEL, 0, CLOSE)
        assert high is not None
        self.assertFalse(high.is_back(largest=9.0))

    def test_unknown(self) -> None:
        """Without hours, or without anything known of delays, there is no distance."""
        self.assertIsNone(DatedRate(9, 0, 0.0, 0.0, 3.0).departure(_RATE_LEVEL, 0, LOOSE))
        self.assertIsNone(DatedRate(9, 9, math.nan, 0.0, 3.0).departure(_RATE_LEVEL, 0, LOOSE))


class HoursTest(unittest.TestCase):
    def test_thresholds_by_hand(self) -> None:
        """A channel that varies little must miss 30% on a date, or 15% on two."""
        found = DatedHours(0.5e6, math.log(0.5), 0.0005).departure(_HOURS_LEVEL, 0, CLOSE)
        assert found is not None
        self.assertAlmostEqual(found.distance, math.log(2))
        self.assertAlmostEqual(found.one, math.log(1 / 0.7))
        self.assertAlmostEqual(found.two, math.log(1 / 0.85))
        loose = DatedHours(0.5e6, math.log(0.5), 0.0096).departure(_HOURS_LEVEL, 0, LOOSE)
        assert loose is not None
        self.assertAlmostEqual(loose.one, 5 * 0.1)
        self.assertAlmostEqual(loose.two, 3.5 * 0.1)

    def test_no_row(self) -> None:
        """No hours at all are an alarm where 1,000 were expected, and nothing where fewer were."""
        found = DatedHours(0, math.log(0.5), 0.1).departure(_HOURS_LEVEL, 0, CLOSE)
        assert found is not None
        self.assertTrue(found.stands_out)
        self.assertEqual((found.observed, found.ratio, found.limits()), (0.0, 0.0, (0.0, 0.0)))
        small = Level(math.log(1990), (0.0,) * 7, 0.0004)
        self.assertIsNone(DatedHours(0, math.log(0.5), 0.1).departure(small, 0, CLOSE))

    def test_quiet_date(self) -> None:
        """On a date when people are away half must be missing."""
        level = Level(math.log(100), (0.0,) * 7, 0.0004)
        for hours, out in ((55, False), (45, True)):
            found = DatedHours(hours, 0.0, 0.0, is_quiet=True).departure(level, 0, CLOSE)
            assert found is not None
            self.assertEqual((found.stands_out, found.is_high), (out, out))


class CountDistanceTest(unittest.TestCase):
    def test_tails(self) -> None:
        """Two dates that are both high need lie less far out than one alone."""
        still = Level(0.0, (0.0,) * 7, 0.0)
        found = DatedRate(300, 1000.0, 0.0, 0.0, phi=3.0).departure(still, 0, CLOSE)
        assert found is not None
        ratio = normal_upper(0.002) / normal_upper(1e-4)
        self.assertAlmostEqual(found.two, found.one * ratio, places=12)


if __name__ == "__main__":
    unittest.main()
