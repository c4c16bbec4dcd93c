"""Usage seconds, child crashes from histograms, and the four ways to count a crash ping."""

from __future__ import annotations

import unittest
from typing import Any

from crash_rate_aggregates.outcomes import Adjustment
from crash_rate_aggregates.stats import CRASH_PING_STATS
from test.dataset import (
    KILL_HARD,
    LENGTH,
    WITH_DUMP,
    VerdictTestCase,
    crash_ping,
    main_ping,
    raw,
    without,
)

NONE = Adjustment(0)
BAD = Adjustment.BAD_HISTOGRAM
KEYED = "payload/keyedHistograms"


class UsageTest(VerdictTestCase):
    def usage(self, literal: str) -> tuple[int, Adjustment]:
        """Return the seconds of a main ping with this length, and the adjustment."""
        ping = main_ping(**{LENGTH: raw(literal)})
        return self.stats(ping).get("usage_seconds", 0), self.adjustments(ping)

    def test_length_as_it_is(self) -> None:
        """Lengths from 0 to 90,000 seconds count as they are; -0 is 0, not negative."""
        for literal, seconds in (
            ("0", 0),
            ("-0", 0),
            ("1", 1),
            ("89999", 89_999),
            ("90000", 90_000),
        ):
            self.assertEqual(self.usage(literal), (seconds, NONE), literal)

    def test_more_than_25_hours(self) -> None:
        """From 90,001 seconds on, up to 5,000 digits, a session counts as 25 hours."""
        for literal in ("90001", "100000", "9223372036854775808", "9" * 5000):
            self.assertEqual(self.usage(literal), (90_000, Adjustment.USAGE_CAPPED), literal[:9])

    def test_negative(self) -> None:
        """A negative length counts as 0 seconds, of 5,000 digits too."""
        expected = (0, Adjustment.NEGATIVE_SUBSESSION_LENGTH)
        for literal in ("-1", "-90001", "-" + "9" * 5000):
            self.assertEqual(self.usage(literal), expected, literal[:9])

    def test_main_ping_without_length(self) -> None:
        """A main ping without length, or with null, counts 0 seconds and is listed."""
        expected = Adjustment.NO_SUBSESSION_LENGTH
        self.assertEqual(self.usage("null"), (0, expected))
        for ping in (without(main_ping(), LENGTH), main_ping(payload=None), main_ping(payload=[])):
            self.assertEqual(
                (self.stats(ping), self.adjustments(ping)), ({"ping_count": 1}, expected)
            )

    def test_crash_ping(self) -> None:
        """A crash ping's length counts where it has one; without one nothing is adjusted."""
        self.assertEqual(self.stats(crash_ping()), {"main_crashes": 1})
        self.assertEqual(self.adjustments(crash_ping()), NONE)
        ping = crash_ping(**{LENGTH: 90_001})
        self.assertEqual(self.stats(ping), {"main_crashes": 1, "usage_seconds": 90_000})
        self.assertEqual(self.adjustments(ping), Adjustment.USAGE_CAPPED)

    def test_main_ping_alone(self) -> None:
        """A main ping counts as one ping with its seconds and no crash of any kind."""
        self.assertEqual(self.stats(main_ping()), {"ping_count": 1, "usage_seconds": 3600})

    def test_process_type_of_main_ping(self) -> None:
        """A main ping has no process type, whatever its payload says."""
        ping = main_ping(**{"payload/processType": "content"})
        self.assertEqual(self.stats(ping), {"ping_count": 1, "usage_seconds": 3600})
        self.assertIsNone(self.counted(ping).process_type)


class HistogramTest(VerdictTestCase):
    def crashes(self, **values: Any) -> tuple[dict[str, int], Adjustment]:
        """Return the crash counts of a main ping with these values, and its adjustments."""
        ping = main_ping(**values)
        stats = dict(self.stats(ping))
        del stats["ping_count"], stats["usage_seconds"]
        return stats, self.adjustments(ping)

    def content(self, histogram: Any) -> tuple[int, Adjustment]:
        """Return the content crashes of a main ping with this histogram, and its adjustments."""
        crashes, adjustments = self.crashes(**{f"{WITH_DUMP}/content": histogram})
        return crashes.get("content_crashes", 0), adjustments

    def test_each_key_has_its_stat(self) -> None:
        """content, plugin, gmplugin, gpu and ShutDownKill each count in a stat of their own."""
        keys: dict[str, Any] = {
            key: {"sum": number} for number, key in enumerate(("content", "plugin"), 1)
        }
        keys |= {"gmplugin": {"values": {"0": 3}}, "gpu": {"sum": 4}, "socket": {"sum": 99}}
        crashes = self.crashes(**{WITH_DUMP: keys, f"{KILL_HARD}/ShutDownKill": {"sum": 5}})
        expected = {
            "content_crashes": 1,
            "plugin_crashes": 2,
            "gmplugin_crashes": 3,
            "gpu_crashes": 4,
            "content_shutdown_crashes": 5,
        }
        self.assertEqual(crashes, (expected, NONE))

    def test_any_counted_ping(self) -> None:
        """A crash ping that carries histograms counts them beside its own crash."""
        ping = crash_ping(**{f"{WITH_DUMP}/gpu": {"sum": 2}})
        self.assertEqual(self.stats(ping), {"main_crashes": 1, "gpu_crashes": 2})

    def test_kill_hard_has_one_key(self) -> None:
        """Of SUBPROCESS_KILL_HARD only ShutDownKill counts, spelled exactly so."""
        keys = {"shutdownkill": {"sum": 1}, "content": {"sum": 2}, "ShutDownKill ": {"sum": 3}}
        self.assertEqual(self.crashes(**{KILL_HARD: keys}), ({}, NONE))

    def test_values_then_sum_then_zero(self) -> None:
        """values["0"] decides where it is present, else sum, else the count is 0."""
        for histogram, count in (
            ({"values": {"0": 3, "1": 0}, "sum": 7}, 3),
            ({"values": {"0": 0}, "sum": 7}, 0),
            ({"values": {"0": None}, "sum": 7}, 7),
            ({"values": {"1": 9}, "sum": 7}, 7),
            ({"values": {}, "sum": 7}, 7),
            ({"values": None, "sum": 7}, 7),
            ({"sum": 7}, 7),
            ({"sum": None}, 0),
            ({"values": {}}, 0),
            ({}, 0),
        ):
            with self.subTest(histogram=histogram):
                self.assertEqual(self.content(histogram), (count, NONE))

    def test_bounds_of_counts(self) -> None:
        """A count runs from 0 (or -0) to 2^31-1; beyond, up to 5,000 digits, it is bad."""
        for place in ('{"sum":%s}', '{"values":{"0":%s},"sum":1}'):
            for literal, count in (("0", 0), ("-0", 0), ("1", 1), ("2147483647", 2**31 - 1)):
                self.assertEqual(self.content(raw(place % literal)), (count, NONE), literal)
            for literal in ("2147483648", "-1", "99999999999", "9" * 5000, "-" + "9" * 5000):
                self.assertEqual(self.content(raw(place % literal)), (0, BAD), literal[:12])

    def test_no_integer_literal(self) -> None:
        """A count that is no integer literal is bad, and a bad values["0"] hides a sound sum."""
        for literal in ("1.0", "1e0", "1E2", '"1"', '""', "true", "false", "{}", "[]", "[1]"):
            with self.subTest(literal=literal):
                self.assertEqual(self.content(raw(f'{{"sum":{literal}}}')), (0, BAD))
                self.assertEqual(
                    self.content(raw(f'{{"values":{{"0":{literal}}},"sum":1}}')), (0, BAD)
                )
                # Where values["0"] decides, a bad sum is not read.
                self.assertEqual(
                    self.content(raw(f'{{"values":{{"0":1}},"sum":{literal}}}')), (1, NONE)
                )

    def test_containers_that_are_no_objects(self) -> None:
        """A container on the way that is there and no object counts 0 and is bad."""
        for value in ([], [1], "x", "", 3, 1.5, True, False):
            with self.subTest(value=value):
                self.assertEqual(self.content({"values": value, "sum": 7}), (0, BAD))
                self.assertEqual(self.content(value), (0, BAD))
                for path in (KEYED, WITH_DUMP, KILL_HARD, f"{KILL_HARD}/ShutDownKill"):
                    self.assertEqual(self.crashes(**{path: value}), ({}, BAD), path)

    def test_null_and_absent_containers(self) -> None:
        """Null on the way is absent: 0 without adjustment."""
        for path in (KEYED, WITH_DUMP, KILL_HARD, f"{WITH_DUMP}/gpu", f"{KILL_HARD}/ShutDownKill"):
            self.assertEqual(self.crashes(**{path: None}), ({}, NONE), path)

    def test_payload_that_is_no_object(self) -> None:
        """A payload that is no object makes histograms absent, not bad."""
        payload: Any
        for payload in ([], "x", 1, True):
            self.assertEqual(self.adjustments(crash_ping(payload=payload)), NONE)

    def test_bad_and_sound_side_by_side(self) -> None:
        """A bad histogram costs its own count only, and a ping with several is listed once."""
        keys = {"content": {"sum": -1}, "plugin": {"sum": 2}, "gpu": []}
        self.assertEqual(self.crashes(**{WITH_DUMP: keys}), ({"plugin_crashes": 2}, BAD))


class CrashPingTest(VerdictTestCase):
    def counted_as(self, process_type: Any, **values: Any) -> tuple[str, str | None]:
        """Return the one stat that a crash ping counts in, and its process type in the ledger."""
        ping = crash_ping(**{"payload/processType": process_type}, **values)
        stats = self.stats(ping)
        self.assertEqual(list(stats.values()), [1])
        self.assertLess(set(stats), set(CRASH_PING_STATS))
        return next(iter(stats)), self.counted(ping).process_type

    def test_main_process(self) -> None:
        """A process type that is absent, null or `main` is a main crash."""
        self.assertEqual(self.counted_as(None), ("main_crashes", "absent"))
        self.assertEqual(self.counted_as("main"), ("main_crashes", "main"))
        self.assertEqual(self.counted(crash_ping()).process_type, "absent")
        self.assertEqual(self.stats(crash_ping(payload="x")), {"main_crashes": 1})

    def test_content_process(self) -> None:
        """`content` is a content crash ping, at shutdown with ipc_channel_error ShutDownKill."""
        error = "payload/metadata/ipc_channel_error"
        shutdown = ("content_shutdown_crash_pings", "content")
        self.assertEqual(self.counted_as("content", **{error: "ShutDownKill"}), shutdown)
        plain = ("content_crash_pings", "content")
        self.assertEqual(self.counted_as("content"), plain)
        value: Any
        for value in (None, "", "shutdownkill", "ShutDownKill ", "Shutdown", 1, True, [], {}):
            self.assertEqual(self.counted_as("content", **{error: value}), plain, value)
        for metadata in (None, "ShutDownKill", ["ipc_channel_error"], 0):
            self.assertEqual(self.counted_as("content", **{"payload/metadata": metadata}), plain)

    def test_ipc_channel_error_of_other_processes(self) -> None:
        """ipc_channel_error is read for content processes only."""
        error = {"payload/metadata/ipc_channel_error": "ShutDownKill"}
        self.assertEqual(self.counted_as("main", **error), ("main_crashes", "main"))
        self.assertEqual(self.counted_as("gpu", **error), ("other_process_crash_pings", "gpu"))

    def test_any_other_value(self) -> None:
        """Any other process type, string or not, is another process; the ledger names it.

        A word of the ledger's own stands in quotes where a client has sent it.
        """
        for value, name in (
            ("plugin", "plugin"),
            ("Main", "Main"),
            ("content ", "content "),
            ("", ""),
            (7, "7"),
            (raw("1e5"), "1e5"),
            (True, "true"),
            (False, "false"),
            ([], "no scalar"),
            ({"main": 1}, "no scalar"),
            ("a\0b", "a\ufffdb"),
            (raw(r'"\ud800x"'), "\ufffdx"),
            ("x" * 201, "x" * 200),
            ("absent", '"absent"'),
            ("no scalar", '"no scalar"'),
            ("all others", '"all others"'),
        ):
            with self.subTest(value=name):
                self.assertEqual(self.counted_as(value), ("other_process_crash_pings", name))


if __name__ == "__main__":
    unittest.main()
