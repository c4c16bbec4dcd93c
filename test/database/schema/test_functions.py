from __future__ import annotations

import math
import random
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaincinv

from crash_rate_aggregates.crash_kinds import CRASH_KINDS, stats_of
from crash_rate_aggregates.stats import STATS
from crash_rate_aggregates.verdicts.intervals import rate_interval
from test.database.sample_days import DatabaseTestCase
from test.property_tests import examples

KNOWN = {
    0: (0.0, 3.688879454),
    1: (0.025317808, 5.571643391),
    2: (0.242209279, 7.224687668),
    3: (0.618672123, 8.767273070),
    10: (4.795388696, 18.390356042),
    100: (81.363991251, 121.626793792),
}
"""Garwood's limits, to nine places."""
WORKED = {
    (12, 4000, 2.0, 0.0025): (3.0, 1.0956985393658347, 6.5700163099800495),
    (0, 4000, 2.0, 0.0025): (0.0, 0.0, 2.0343447149232006),
    (500_000, 2e8, 3.0, 0.0009): (2.5, 2.356778549809759, 2.651923788490122),
}
"""By crashes, hours, burst factor and the variance of the logarithm: the rate and its limits, as
computed with SciPy from the formula in docs/database.md."""


class CrashCountLimitsTest(DatabaseTestCase):
    def limits(self, counts, burst_factor=1.0):
        rows = self.rows(
            "SELECT crash_count_lower_limit(n, %s), crash_count_upper_limit(n, %s) "
            "FROM unnest(%s::double precision[]) AS n",
            burst_factor,
            burst_factor,
            list(counts),
        )
        return dict(zip(counts, rows, strict=True))

    def assert_close(self, number, expected, relative=2e-5):
        self.assertLess(abs(number / expected - 1), relative, (number, expected))

    def test_known_values(self):
        """The limits are the exact ones of Garwood, within 0.002%, and to nine places up to 1."""
        for count, (lower, upper) in self.limits(list(KNOWN)).items():
            relative = 1e-9 if count < 2 else 2e-5
            self.assertAlmostEqual(lower, KNOWN[count][0], delta=relative * KNOWN[count][0])
            self.assertAlmostEqual(upper, KNOWN[count][1], delta=relative * KNOWN[count][1])

    def test_counts(self):
        """The limits of every count are within 0.002% of the exact ones."""
        counts = [*range(1, 41), 50, 99, 100, 150, 200, 300, 1_000, 5_000]
        for count, (lower, upper) in self.limits(counts).items():
            with self.subTest(count=count):
                self.assert_close(lower, limit(count - 1, 0.975))
                self.assert_close(upper, limit(count, 0.025))

    def test_burst_factor_scales(self):
        """With a burst factor of 4, 40 crashes have 4 times the limits of 10 crashes."""
        ((lower, upper),) = self.limits([40], 4.0).values()
        self.assert_close(lower, 4 * KNOWN[10][0])
        self.assert_close(upper, 4 * KNOWN[10][1])

    def test_between_counts(self):
        """Between whole numbers, as bursts make them, limits rise and are the gamma quantiles."""
        counts = [number / 8 for number in range(200)]
        limits = list(self.limits(counts).values())
        for place in (0, 1):
            column = [row[place] for row in limits]
            self.assertEqual(column, sorted(column))
        for count, (lower, upper) in zip(counts, limits, strict=True):
            self.assertTrue(lower <= count < upper, count)
            self.assert_close(upper, gammaincinv(count + 1, 0.975))
            if count >= 0.125:
                self.assert_close(lower, gammaincinv(count, 0.025))

    def test_no_counts(self):
        """What is no count has no limits; sums, which are numeric, need no cast."""
        self.assertEqual(
            self.rows(
                "SELECT crash_count_lower_limit(-1), crash_count_upper_limit(-1), "
                "crash_count_upper_limit(NULL), crash_count_lower_limit(sum(n)) "
                "FROM (VALUES (0::bigint)) AS counts (n)"
            ),
            [(None, None, None, 0.0)],
        )


class RateIntervalTest(DatabaseTestCase):
    def interval(self, crashes, hours, burst_factor, log_variance):
        """Ask for a rate and its limits."""
        (found,) = self.rows(
            "SELECT per_1000_hours, lower_limit, upper_limit "
            "FROM crash_rate(%s, %s, %s, sqrt(%s::float8), 0)",
            crashes,
            hours,
            burst_factor,
            log_variance,
        )
        return found

    def test_worked_numbers(self):
        """The interval of a rate is that of its specification, within 0.01%."""
        for case, wanted in WORKED.items():
            with self.subTest(case=case):
                for number, expected in zip(self.interval(*case), wanted, strict=True):
                    self.assertAlmostEqual(number, expected, delta=1e-4 * expected)

    def test_as_verdicts_compute_it(self):
        """The database and `verdicts` have one interval, within 0.01%."""
        for crashes in (0, 1, 2, 5, 9, 40, 1000, 10**6):
            for burst_factor in (1.0, 2.5, 7.0):
                for log_variance in (0.0, 0.01, 0.2):
                    case = (crashes, 1000, burst_factor, log_variance)
                    wanted = rate_interval(*case)
                    limits = (wanted.rate, wanted.lower, wanted.upper)
                    for number, expected in zip(self.interval(*case), limits, strict=True):
                        self.assertAlmostEqual(number, expected, delta=1e-4 * expected, msg=case)

    def test_each_side_has_its_own_limit(self):
        """Of few crashes the upper limit lies farther from the rate than the lower one."""
        rate, lower, upper = self.interval(4, 1000, 1, 0)
        self.assertEqual(rate, 4.0)
        self.assertGreater(upper - rate, 1.5 * (rate - lower))

    def test_what_is_assumed(self):
        """Where nobody knows how crashes vary, 3 and 0.1 are assumed."""
        self.assertEqual(
            self.rows("SELECT crash_assumed_burst_factor(), crash_assumed_day_sd()"), [(3.0, 0.1)]
        )
        self.assertEqual(
            self.rows("SELECT * FROM crash_rate(50, 1000, NULL, NULL, 0)"),
            self.rows("SELECT * FROM crash_rate(50, 1000, 3, 0.1, 0)"),
        )

    def test_bursts_of_one_machine(self):
        """A crash among bursts of ten thousand has limits too, as low as 0 and very high."""
        _, lower, upper = self.interval(1, 1000, 10_000, 0)
        self.assertTrue(0 <= lower < 1e-12, lower)
        self.assertAlmostEqual(upper, 36_891, delta=1)

    def test_intervals_cover_the_level(self):
        """Of 400 months whose days vary by 30%, 93 to 97% of the intervals hold the true rate.

        Those of chance alone hold it for fewer than eight of ten.
        """
        rng = random.Random(20160314)  # noqa: S311  The same months at each run.
        months = [number for number in range(400) for _ in range(28)]
        crashes = [poisson(rng, 20 * rng.gammavariate(11, 1 / 11)) for _ in months]
        ((wide, narrow),) = self.rows(
            "SELECT count(*) FILTER (WHERE 20 BETWEEN wide.lower_limit AND wide.upper_limit), "
            "count(*) FILTER (WHERE 20 BETWEEN narrow.lower_limit AND narrow.upper_limit) "
            "FROM (SELECT month, sum(x) AS x, sqrt(0.09 * sum(x * x)) / sum(x) AS log_sd "
            "FROM unnest(%s::integer[], %s::double precision[]) AS days (month, x) GROUP BY month) "
            "AS months, LATERAL crash_rate(x, 28000, 1, log_sd, 0) AS wide, "
            "LATERAL crash_rate(x, 28000, 1, 0, 0) AS narrow",
            months,
            [float(x) for x in crashes],
        )
        self.assertTrue(372 <= wide <= 388, wide)
        self.assertLess(narrow, 320)

    @examples(0.5)
    @given(
        crashes=st.integers(0, 10**7),
        burst_factor=st.floats(1, 100),
        log_sd=st.just(0.0) | st.floats(1e-6, 2),
        more=st.floats(1.01, 3),
    )
    def test_laws(self, crashes, burst_factor, log_sd, more):
        """The rate lies inside; more bursts or days that differ more make no limit narrower."""
        rows = self.rows(
            "SELECT lower_limit, per_1000_hours, upper_limit "
            "FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS given (b, s, place), "
            "crash_rate(%s, 1000, b, s, 0) ORDER BY place",
            [burst_factor, burst_factor * more, burst_factor],
            [log_sd, log_sd, log_sd * more],
            crashes,
        )
        for lower, rate, upper in rows:
            self.assertTrue(0 <= lower <= rate < upper, rows)
        (least, _, most), *wider = rows
        for lower, _, upper in wider:
            self.assertLessEqual(lower, least * (1 + 5e-5))
            self.assertGreaterEqual(upper, most * (1 - 5e-5))


class CombinedVariationTest(DatabaseTestCase):
    def test_burst_factor_and_sd_of_a_group(self):
        """Channels weigh in by their crashes, days by their share: 90 of phi 2 and 10 of phi 7."""
        rows = self.rows(
            "SELECT burst_factor, log_sd FROM crash_kinds(main_crashes => 100, "
            "main_crashes_sent_twice => 0, content_crashes => 0, plugin_crashes => 0, "
            "gpu_crashes => 0, content_crashes_not_at_shutdown => 0, knows_crash_pings => true, "
            "usage_hours => 1000, main_burst_variance => 90 * 2 + 10 * 7, "
            "main_day_variance => (0.2 * 90) ^ 2 + (0.5 * 10) ^ 2) WHERE kind = 'main'"
        )
        self.assertEqual(rows, [(2.5, math.sqrt(18**2 + 5**2) / 100)])


class CrashRateTest(DatabaseTestCase):
    def rates(self, hours, min_hours=0.0, *, knows=True, **stats):
        """Return the rate of each kind, of chance alone; stats that are not given are 0."""
        names = [stat.name for stat in stats_of(CRASH_KINDS, STATS)]
        self.assertLessEqual(set(stats), set(names))
        return {
            kind: tuple(numbers)
            for kind, *numbers in self.rows(
                "SELECT kind, whole_crashes, per_1000_hours, lower_limit, upper_limit "
                f"FROM crash_kinds({', '.join(f'{name} => %s' for name in names)}, "
                "knows_crash_pings => %s) AS kinds, "
                "crash_rate(crashes, %s, 1, 0, %s) AS rate ORDER BY place",
                *(stats.get(name, 0) for name in names),
                knows,
                hours,
                min_hours,
            )
        }

    def test_kinds(self):
        """The kinds are M, C, C-S, M+C-S, then the stats that are one, in this order."""
        rates = self.rates(
            1000,
            main_crashes=10,
            content_crashes=8,
            content_crashes_not_at_shutdown=3,
            plugin_crashes=3,
            gpu_crashes=1,
        )
        self.assertEqual(
            [(kind, rate[:2]) for kind, rate in rates.items()][:6],
            [
                ("main", (10, 10.0)),
                ("content", (8, 8.0)),
                ("content_minus_shutdown", (3, 3.0)),
                ("main_and_content_minus_shutdown", (13, 13.0)),
                ("plugin", (3, 3.0)),
                ("gpu", (1, 1.0)),
            ],
        )

    def test_sent_twice(self):
        """Half of the main crashes sent twice is taken off; of an odd number one more stays."""
        for sent_twice, main in ((0, 10), (1, 10), (2, 9), (5, 8), (10, 5)):
            rates = self.rates(
                1000,
                main_crashes=10,
                main_crashes_sent_twice=sent_twice,
                content_crashes=8,
                content_crashes_not_at_shutdown=3,
            )
            self.assertEqual(rates["main"][0], main)
            self.assertEqual(rates["main_and_content_minus_shutdown"][0], main + 3)

    def test_exact_limits(self):
        """C-S and M+C-S are counts: their limits are the exact ones, and none is negative."""
        rates = self.rates(1000, main_crashes=6, content_crashes_not_at_shutdown=4)
        for kind, crashes, lower, upper in (
            ("content_minus_shutdown", 4, 1.089865, 10.241589),
            ("main_and_content_minus_shutdown", 10, 4.795389, 18.390356),
        ):
            self.assertEqual(rates[kind][:2], (crashes, float(crashes)))
            self.assertAlmostEqual(rates[kind][2], lower, 3)
            self.assertAlmostEqual(rates[kind][3], upper, 3)

    def test_what_is_not_known(self):
        """Without crash pings, or where a run did not count them, there is no count and no rate."""
        nothing = (None, None, None, None)
        rates = self.rates(1000, knows=False, content_crashes=3)
        self.assertEqual(rates["content"][:2], (3, 3.0))
        self.assertEqual(
            [kind for kind, rate in rates.items() if rate == nothing],
            ["main", "content_minus_shutdown", "main_and_content_minus_shutdown"],
        )
        rates = self.rates(1000, main_crashes=1, content_crashes_not_at_shutdown=None)
        self.assertEqual(rates["main"][:2], (1, 1.0))
        self.assertEqual(
            [kind for kind, rate in rates.items() if rate == nothing],
            ["content_minus_shutdown", "main_and_content_minus_shutdown"],
        )

    def test_no_crashes(self):
        """Without a crash each rate is 0, and may be as high as the exact limit of no crash."""
        for kind, rate in self.rates(1000).items():
            self.assertEqual(rate[:3], (0, 0.0, 0.0), kind)
            self.assertAlmostEqual(rate[3], 3.6889, 4)

    def test_too_few_hours(self):
        """With too few hours, or none, there is a count and no rate, never a rate of 0."""
        for hours, min_hours in ((99.9, 100), (0, 0)):
            rates = self.rates(hours, min_hours=min_hours)
            self.assertEqual(set(rates.values()), {(0, None, None, None)})
        self.assertEqual(self.rates(100, main_crashes=1, min_hours=100)["main"][1], 10.0)

    def test_usual_threshold(self):
        """The usual threshold is 100 usage hours."""
        self.assertEqual(self.rows("SELECT crash_min_usage_hours()"), [(100.0,)])


class NoteTest(DatabaseTestCase):
    def test_reasons(self):
        """Where there is no rate it is said why; where there is one, nothing is said."""
        for crashes, knows, hours, note in (
            (1.0, True, 1000.0, None),
            (0.0, True, 100.0, None),
            (None, False, 1000.0, "no crash pings"),
            (None, True, 1000.0, "not counted: fill the days again"),
            (1.0, False, 1000.0, None),
            (7.0, True, 0.0, "no usage hours"),
            (7.0, True, None, "no usage hours"),
            (7.0, True, 99.9, "few usage hours"),
        ):
            self.assertEqual(
                self.rows("SELECT crash_rate_note(%s, %s, %s, 100)", crashes, knows, hours),
                [(note,)],
            )

    def test_activity_dates(self):
        """An activity date whose own submission date is not stored has crashes and no rate."""
        self.assertEqual(
            self.rows("SELECT * FROM crash_rate(7, 1000, 3, 0.1, 100, false)"),
            [(7, None, None, None)],
        )
        self.assertEqual(
            self.rows("SELECT crash_rate_note(7, true, 1000, 100, false)"),
            [("its submission date is not stored",)],
        )


class AlarmTest(DatabaseTestCase):
    def test_ids(self):
        """An id has the application in small letters, the channel and any further parts."""
        self.assertEqual(
            self.rows(
                "SELECT crash_alarm_id('Firefox', 'beta', '156.0b3', 'main'), "
                "crash_alarm_id('Fenix', 'release', 'hours')"
            ),
            [("firefox/beta/156.0b3/main", "fenix/release/hours")],
        )

    def test_known(self):
        """An alarm is known until it is half as much again: of rates upwards, of hours down."""
        for ratio, then, known in (
            (2.0, 2.0, True),
            (2.99, 2.0, True),
            (3.0, 2.0, False),
            (1.1, 2.0, True),
            (0.4, 0.5, True),
            (0.33, 0.5, False),
            (0.0, 0.5, False),
            (0.0, 0.0, True),
            (2.0, None, True),
            (None, 2.0, True),
        ):
            with self.subTest(ratio=ratio, then=then):
                self.assertEqual(
                    self.rows("SELECT crash_alarm_is_known(%s::float8, %s::float8)", ratio, then),
                    [(known,)],
                )


class VersionOrderTest(DatabaseTestCase):
    def test_order(self):
        """Versions stand as they came out: by number, and within one alpha, beta, release, ESR."""
        versions = [
            "2.0",
            "9.0",
            "45.0",
            "45.0.2",
            "99.0",
            "100.0a1",
            "100.0b3",
            "100.0b10",
            "100.0",
            "100.0esr",
            "115.8.0",
            "140.2.0esr",
            "140.10.0esr",
            "152.0a1",
            "152.0",
            "152.0.1",
        ]
        self.assertEqual(
            [
                row[0]
                for row in self.rows(
                    "SELECT v FROM unnest(%s::text[]) AS v ORDER BY crash_version_order(v)",
                    sorted(versions),
                )
            ],
            versions,
        )

    def test_no_versions(self):
        """What is no version has no place, whatever a client sent."""
        texts = ["", "x", "45", "45.0x", "1.2.3.4.5", "9" * 10 + ".0", "45.0 ", "45.0b"]
        found = self.rows(
            "SELECT v, crash_version_order(v) IS NULL FROM unnest(%s::text[]) AS v", texts
        )
        self.assertEqual([text for text, is_none in found if not is_none], ["45", "45.0b"])


class FoldingTest(DatabaseTestCase):
    def folded(self, function, values):
        return [
            row[0]
            for row in self.rows(f"SELECT {function}(v) FROM unnest(%s::text[]) AS v", values)
        ]

    def test_channels(self):
        """Five channels stay, all others are one, and none is none."""
        channels = ["release", "beta", "aurora", "nightly", "esr"]
        self.assertEqual(self.folded("crash_channel", channels), channels)
        self.assertEqual(
            self.folded("crash_channel", ["default", "Release", "release-cck-x", "", None]),
            ["other", "other", "other", "other", None],
        )

    def test_system_versions(self):
        """The first two numbers stay."""
        for version, folded in (
            ("6.1", "6.1"),
            ("10", "10"),
            ("15.3.0", "15.3"),
            ("4.4.0-21-generic", "4.4"),
            ("unknown", "other"),
            ("", "other"),
            ("1" * 10, "1" * 9),
            (None, None),
        ):
            self.assertEqual(self.folded("crash_os_version", [version]), [folded], version)

    def test_build_dates(self):
        """A build id begins with a date, or has none."""
        for build_id, built in (
            ("20160314030215", date(2016, 3, 14)),
            ("20160229999999", date(2016, 2, 29)),
            ("20150229000000", None),
            ("20160431000000", None),
            ("20161331000000", None),
            ("20160300000000", None),
            ("99991231235959", None),
            ("2016031403021", None),
            ("201603140302150", None),
            ("", None),
            (None, None),
        ):
            self.assertEqual(self.folded("crash_build_date", [build_id]), [built], build_id)

    def test_build_ages(self):
        """A build is recent from the day of its date until 83 days later."""
        for activity_date, age in (
            (date(2016, 3, 13), None),
            (date(2016, 3, 14), 0),
            (date(2016, 6, 5), 83),
            (date(2016, 6, 6), None),
        ):
            self.assertEqual(
                self.rows("SELECT crash_build_age('20160314030215', %s::date)", activity_date),
                [(age,)],
            )


def limit(last_term, wanted):
    """Return by bisection the mean at which P(X <= last_term) is as wanted."""
    low, high = 0.0, 2.0 * last_term + 20.0
    for _ in range(60):
        mean = (low + high) / 2
        logarithm = math.log(mean)
        total = math.fsum(
            math.exp(term * logarithm - mean - math.lgamma(term + 1))
            for term in range(last_term + 1)
        )
        low, high = (mean, high) if total > wanted else (low, mean)
    return low


def poisson(rng, mean):
    """Draw a count by counting exponential waits."""
    count, time = 0, rng.expovariate(1.0)
    while time < mean:
        count, time = count + 1, time + rng.expovariate(1.0)
    return count
