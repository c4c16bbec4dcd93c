"""How long an application was used, and active: main pings, and baseline pings in their place."""

from __future__ import annotations

import unittest
from typing import Any

from crash_rate_aggregates.applications import Application
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.normalize.ping import Ignored
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.outcomes import Adjustment, DocType, Outcome
from test.dataset import DAY, LENGTH, crash_ping, main_ping, raw
from test.normalize.test_todays_rules import TodayTestCase
from test.sources.mirrors.glean import baseline_ping

NONE = Adjustment(0)
SCALAR = "payload/processes/parent/scalars/browser.engagement.active_ticks"
SIMPLE = "payload/simpleMeasurements/activeTicks"
DURATION = "metrics/timespan/glean.baseline.duration"
COUNTER = "metrics/counter/browser.engagement.active_ticks"


class ActiveTimeTest(TodayTestCase):
    def active(self, ping: Any) -> tuple[int, Adjustment]:
        """Return the active seconds of a ping, and what was put right."""
        return self.stat(ping, "active_seconds"), Adjustment(self.counted(ping).adjustments)

    def test_ticks(self) -> None:
        """A tick is 5 seconds, in either place of a main ping and in a baseline ping."""
        for ticks, seconds in ((0, 0), (1, 5), (720, 3600), (17_999, 89_995), (18_000, 90_000)):
            for ping in (
                *(main_ping(**{path: ticks}) for path in (SCALAR, SIMPLE)),
                baseline_ping(**{COUNTER: ticks}),
            ):
                self.assertEqual(self.active(ping), (seconds, NONE), ticks)

    def test_both_places(self) -> None:
        """The scalar counts where both places have ticks, the older one where it is null."""
        self.assertEqual(self.active(main_ping(**{SCALAR: 2, SIMPLE: 3})), (10, NONE))
        self.assertEqual(self.active(main_ping(**{SCALAR: 0, SIMPLE: 3})), (0, NONE))
        self.assertEqual(self.active(main_ping(**{SCALAR: None, SIMPLE: 3})), (15, NONE))

    def test_cap(self) -> None:
        """From 18,001 ticks on, up to 5,000 digits, they count as 25 hours."""
        expected = (90_000, Adjustment.ACTIVE_TIME_CAPPED)
        for literal in ("18001", "90000", "100000", "9" * 5000):
            self.assertEqual(self.active(main_ping(**{SCALAR: raw(literal)})), expected)

    def test_bad(self) -> None:
        """What is no integer from 0 on counts 0 seconds and is listed; -0 is 0."""
        for literal in ("-1", "1.0", "1e3", '"5"', "true", "{}", "[]", "-" + "9" * 5000):
            ping = main_ping(**{SIMPLE: raw(literal)})
            self.assertEqual(self.active(ping), (0, Adjustment.BAD_ACTIVE_TICKS), literal[:9])
        self.assertEqual(self.active(main_ping(**{SCALAR: raw("-0")})), (0, NONE))

    def test_absent(self) -> None:
        """Without ticks a ping counts 0 active seconds, and nothing is listed."""
        for ping in (main_ping(), main_ping(**{SCALAR: None}), baseline_ping()):
            self.assertEqual(self.active(ping), (0, NONE))

    def test_crash_pings(self) -> None:
        """A crash ping's ticks are no usage: they count nothing, good or bad."""
        for ticks in (5, -1, 90_000):
            self.assertEqual(self.active(crash_ping(**{SCALAR: ticks})), (0, NONE))

    def test_usage_is_another_number(self) -> None:
        """Active time may be longer than the session: each counts as it is told."""
        ping = main_ping(**{SCALAR: 720, LENGTH: 60})
        self.assertEqual((self.stat(ping, "usage_seconds"), self.active(ping)[0]), (60, 3600))


class BaselineTest(TodayTestCase):
    def usage(self, duration: Any) -> tuple[int, Adjustment]:
        """Return the usage of a baseline ping with this timespan, and what was put right."""
        ping = baseline_ping(**{DURATION: duration})
        return self.stat(ping, "usage_seconds"), Adjustment(self.counted(ping).adjustments)

    def test_units(self) -> None:
        """A duration counts in whole seconds, rounded down, in each unit of Glean's."""
        for unit, value, seconds in (
            ("nanosecond", 1_999_999_999, 1),
            ("microsecond", 2_000_000, 2),
            ("millisecond", 2_999, 2),
            ("second", 59, 59),
            ("minute", 2, 120),
            ("hour", 25, 90_000),
            ("day", 1, 86_400),
        ):
            for written in (value, str(value)):
                duration = {"time_unit": unit, "value": written}
                self.assertEqual(self.usage(duration), (seconds, NONE), unit)

    def test_bounds(self) -> None:
        """More than 25 hours, negative and absent durations count as those of main pings do."""
        for duration, expected in (
            ({"time_unit": "day", "value": 2}, (90_000, Adjustment.USAGE_CAPPED)),
            ({"time_unit": "second", "value": -1}, (0, Adjustment.NEGATIVE_SUBSESSION_LENGTH)),
            (None, (0, Adjustment.NO_SUBSESSION_LENGTH)),
        ):
            self.assertEqual(self.usage(duration), expected)

    def test_bad_durations(self) -> None:
        """A timespan that is none leaves the ping out, as a session length that is no integer."""
        duration: Any
        for duration in (
            {"time_unit": "parsec", "value": 1},
            {"time_unit": "second", "value": raw("1.5")},
            {"time_unit": "second"},
            {"value": 1},
            {"time_unit": "nanosecond", "value": 10**31},
            "60 s",
            [],
        ):
            verdict = self.verdict(baseline_ping(**{DURATION: duration}))
            expected = Ignored(Outcome.BAD_SUBSESSION_LENGTH, DocType.BASELINE)
            self.assertEqual(verdict, expected, duration)

    def test_usage_ping(self) -> None:
        """A baseline ping counts where it is its application's usage ping, and main does not."""
        fenix = main_ping(**{"application/name": "org.mozilla.fenix"})
        desktop = baseline_ping(**{"metadata/document_namespace": "firefox-desktop"})
        unknown = baseline_ping(**{"metadata/document_namespace": "some-gecko"})
        ping = self.counted(baseline_ping())
        self.assertEqual((ping.doc_type, ping.application), ("baseline", "Firefox for Android"))
        self.assertEqual(self.stat(baseline_ping(), "ping_count"), 1)
        for left_out in (fenix, desktop, unknown):
            verdict = self.verdict(left_out)
            assert isinstance(verdict, Ignored)
            self.assertEqual(verdict.outcome, Outcome.OTHER_DOC_TYPE)

    def test_own_application(self) -> None:
        """An application of the settings says which ping carries its usage."""
        judge = Judge(DAY, DIMENSIONS, [Application("Gecko", ("some-gecko",), {}, "baseline")])
        ping = baseline_ping(**{"metadata/document_namespace": "some-gecko"})
        self.assertEqual(self.counted(ping, judge).application, "Gecko")

    def test_build_ids(self) -> None:
        """A build id of another form counts, without a build; one of 14 digits is the build."""
        for build, dimension in (
            ("2016031303", None),
            ("", None),
            (None, None),
            ("20160313030418", "20160313030418"),
        ):
            ping = baseline_ping(**{"client_info/app_build": build})
            self.assertEqual(self.dimensions(ping).get("build_id"), dimension, build)
            self.assertEqual(self.dimensions(ping)["build_version"], "48.0a1")

    def test_dates(self) -> None:
        """The start of the ping's time is the day of activity, else its end is."""
        for start, day in (("2016-03-13T23:59+05:00", "2016-03-13"), (None, "2016-03-14")):
            ping = baseline_ping(**{"ping_info/start_time": start})
            self.assertEqual(self.counted(ping).activity_date.isoformat(), day)

    def test_told_by_its_metrics(self) -> None:
        """Without a doc type of the server's a ping with a duration is a baseline ping."""
        ping = baseline_ping(**{"metadata/document_type": None})
        self.assertEqual(self.counted(ping).doc_type, "baseline")


if __name__ == "__main__":
    unittest.main()
