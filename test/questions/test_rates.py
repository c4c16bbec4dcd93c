from __future__ import annotations

from datetime import date

from crash_rate_aggregates.crash_kinds import CRASH_KINDS
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.dimensions import DIMENSION_NAMES
from crash_rate_aggregates.errors import DateRangeError, DayNotStoredError, DimensionsError
from crash_rate_aggregates.questions.rates import CrashRate, crash_rates
from test.database.sample_days import Row, day
from test.questions.stored_days import QuestionsTestCase


class CrashRatesTest(QuestionsTestCase):
    def setUp(self):
        super().setUp()
        ensure_partition(self.connection, date(2016, 4, 1))
        nightly = {
            "ping_count": 5,
            "usage_seconds": 3_600_000,
            "main_crashes": 10,
            "content_crashes": 3,
            "content_shutdown_crashes": 4,
            "content_crashes_not_at_shutdown": 2,
            "plugin_crashes": 1,
            "content_crash_pings": 99,
        }
        replace_day(
            self.connection,
            day(
                Row({"channel": "nightly", "os_name": "Linux"}, nightly),
                Row({"channel": "nightly"}, {"usage_seconds": 3_600_000}),
                Row({"channel": "beta"}, {"usage_seconds": 1800, "gpu_crashes": 1}),
                Row({"os_name": "Linux"}, {"main_crashes": 7}),
            ),
        )
        replace_day(
            self.connection,
            day(
                Row({"channel": "beta"}, {"usage_seconds": 36_000}, date(2016, 3, 31)),
                submission_date=date(2016, 4, 1),
            ),
        )

    def test_by_channel(self):
        """Rates come from sums, most hours first; the group without a value is None."""
        nightly, beta, none = crash_rates(self.connection, min_usage_hours=0)
        self.assertEqual(
            [(one.group, one.ping_count, one.usage_hours) for one in (nightly, beta, none)],
            [(("nightly",), 5, 2000.0), (("beta",), 0, 10.5), ((None,), 0, 0.0)],
        )
        kinds = nightly.kinds
        for name, crashes, rate in (
            ("main", 10, 5.0),
            ("content", 3, 1.5),
            ("content_minus_shutdown", 2, 1.0),
            ("main_and_content_minus_shutdown", 12, 6.0),
            ("plugin", 1, 0.5),
            ("gpu", 0, 0.0),
        ):
            self.assertEqual((kinds[name].crashes, kinds[name].per_1000_hours), (crashes, rate))
        self.assertEqual(list(kinds), [kind.name for kind in CRASH_KINDS])
        # All of one day and channel, of which nothing is known: 3 and 0.1 are assumed.
        for name, crashes in (
            ("main", 10),
            ("content", 3),
            ("content_minus_shutdown", 2),
            ("main_and_content_minus_shutdown", 12),
            ("gpu", 0),
        ):
            one = kinds[name]
            self.assert_interval((one.per_1000_hours, one.lower, one.upper), crashes, 2000)
            self.assertAlmostEqual(one.burst_factor or 0, 3.0)
            self.assertAlmostEqual(one.log_sd or 0, 0.1)
        self.assertEqual(beta.kinds["gpu"].per_1000_hours, 1000 / 10.5)

    def test_without_hours(self):
        """A group without usage hours has crashes and no rate, never a rate of 0."""
        none = crash_rates(self.connection, min_usage_hours=0)[-1]
        main, gpu = none.kinds["main"], none.kinds["gpu"]
        self.assertEqual((main.crashes, main.lower, main.note), (7, None, "no usage hours"))
        self.assertEqual(gpu, CrashRate(0, None, None, None, None, None, "no usage hours"))

    def test_too_few_hours(self):
        """Groups under the wanted hours keep their sums and have no rates."""
        nightly, beta, _ = crash_rates(self.connection, min_usage_hours=10.6)
        self.assertEqual((nightly.min_usage_hours, beta.min_usage_hours), (10.6, 10.6))
        self.assertEqual(nightly.kinds["main"].per_1000_hours, 5.0)
        gpu = beta.kinds["gpu"]
        self.assertEqual(
            (gpu.crashes, gpu.per_1000_hours, gpu.lower, gpu.upper, gpu.note),
            (1, None, None, None, "few usage hours"),
        )

    def test_usual_threshold(self):
        """Unless another is asked for, the threshold is the database's own, of 100 hours."""
        nightly, beta, _ = crash_rates(self.connection)
        self.assertEqual(
            (nightly.kinds["main"].per_1000_hours, beta.kinds["gpu"].per_1000_hours), (5.0, None)
        )
        self.assertEqual(beta.min_usage_hours, 100)

    def test_by_several(self):
        """Several dimensions and the two dates group together, in the order asked for."""
        groups = crash_rates(self.connection, ["os_name", "submission_date", "activity_date"])
        self.assertEqual(
            [(one.group, one.usage_hours) for one in groups],
            [
                ((None, "2016-03-14", "2016-03-13"), 1000.5),
                (("Linux", "2016-03-14", "2016-03-13"), 1000.0),
                ((None, "2016-04-01", "2016-03-31"), 10.0),
            ],
        )

    def test_by_none(self):
        """Without a dimension there is one group of everything."""
        (everything,) = crash_rates(self.connection, [])
        self.assertEqual((everything.group, everything.usage_hours), ((), 2010.5))

    def test_no_day_of_the_range(self):
        """A range without a stored day is an error that says which are, one upside down another."""
        with self.assertRaisesRegex(
            DayNotStoredError, "^no day from 2020-01-01 to 2020-01-02 is stored: there are 2 days"
        ):
            crash_rates(self.connection, [], date(2020, 1, 1), date(2020, 1, 2))
        with self.assertRaisesRegex(DateRangeError, "exchange the two dates$"):
            crash_rates(self.connection, [], date(2020, 1, 2), date(2020, 1, 1))

    def test_range(self):
        """Both ends of the range belong to it, and each may be left open."""
        for first, last, hours in (
            (None, date(2016, 3, 14), 2000.5),
            (date(2016, 3, 14), date(2016, 3, 14), 2000.5),
            (date(2016, 3, 15), None, 10.0),
            (date(2016, 3, 14), date(2016, 4, 1), 2010.5),
        ):
            (everything,) = crash_rates(self.connection, [], first, last)
            self.assertEqual(everything.usage_hours, hours)

    def test_unknown_dimension(self):
        """A name that no day has is refused with those there are."""
        with self.assertRaises(DimensionsError) as caught:
            crash_rates(self.connection, ["channel", "chanel' OR true --"])
        self.assertEqual(
            str(caught.exception),
            'no stored day has a dimension "chanel\' OR true --": choose from '
            f"{', '.join(DIMENSION_NAMES)}, submission_date, activity_date, version, process, "
            "actors, class, startup, experiment",
        )

    def test_nothing_stored(self):
        """Before the first day there is an error that says how to fill one."""
        self.connection.execute("TRUNCATE crash_aggregates_runs CASCADE")
        with self.assertRaisesRegex(DayNotStoredError, "^no day is stored yet: fill one with"):
            crash_rates(self.connection)
