"""What a crash ping says of its crash, and a main ping of its child processes' crashes."""

from __future__ import annotations

import unittest
from typing import Any

from test.dataset import WITH_DUMP, crash_ping, main_ping
from test.normalize.test_todays_rules import TodayTestCase
from test.sources.mirrors.glean import glean_ping

METADATA = "payload/metadata/"
SIZE, TASK = f"{METADATA}OOMAllocationSize", f"{METADATA}BackgroundTaskName"
ASYNC, QUOTA = f"{METADATA}AsyncShutdownTimeout", f"{METADATA}QuotaManagerShutdownTimeout"
KILL = {f"{METADATA}ipc_channel_error": "ShutDownKill"}
TYPE = "payload/processType"


class CrashDetailsTest(TodayTestCase):
    def details(self, **values: Any) -> tuple[str, str | None, str, bool]:
        """Return process, actors, class and startup of a v4 crash, which Glean's says too."""
        ping = crash_ping(**values)
        crash = self.counted(ping).crash
        assert crash is not None
        self.assertEqual(self.counted(glean_ping(ping)).crash, crash)
        return crash.process, crash.actors, crash.crash_class, crash.is_startup

    def crash_class(self, **values: Any) -> str:
        """Return the class alone."""
        return self.details(**values)[2]

    def test_classes_in_order(self) -> None:
        """Out of memory goes before a background task, that before a shutdown hang."""
        values = {SIZE: "0", TASK: "", ASYNC: "x", QUOTA: "y"}
        for name, left in (
            ("out of memory", {}),
            ("background task", {SIZE: None}),
            ("shutdown hang", {SIZE: None, TASK: None}),
            ("shutdown hang", {SIZE: None, TASK: None, ASYNC: None}),
            ("none", {SIZE: None, TASK: None, ASYNC: None, QUOTA: None}),
        ):
            self.assertEqual(self.crash_class(**{**values, **left}), name)

    def test_kill_first(self) -> None:
        """A child killed at shutdown is that, whatever else it says; the main process never is."""
        values = {SIZE: "1", TASK: "x", ASYNC: "x"}
        for process in ("content", "gpu", "utility", "other"):
            self.assertEqual(self.crash_class(**values, **KILL, **{TYPE: process}), "shutdown kill")
            other = {f"{METADATA}ipc_channel_error": "shutdownkill", TYPE: process}
            self.assertEqual(self.crash_class(**other), "none")
        self.assertEqual(self.crash_class(**KILL), "none")
        self.assertEqual(self.crash_class(**values, **KILL, **{TYPE: "main"}), "out of memory")

    def test_startup(self) -> None:
        """Annotations say it as 1 or true in any case, Glean's pings as a boolean."""
        for text in ("1", "true", "True", "TRUE"):
            ping = crash_ping(**{f"{METADATA}StartupCrash": text})
            self.assertTrue(self.counted(ping).crash.is_startup, text)  # type: ignore[union-attr]
        value: Any
        for value in ("0", "", "yes", "2", None, 1, [], "false"):
            ping = crash_ping(**{f"{METADATA}StartupCrash": value})
            self.assertFalse(self.counted(ping).crash.is_startup, value)  # type: ignore[union-attr]
        self.assertTrue(self.details(**{f"{METADATA}StartupCrash": "1"})[3])
        self.assertFalse(self.details(**{f"{METADATA}StartupCrash": "0"})[3])

    def test_utility_actors(self) -> None:
        """Of a utility process they are named, sorted and each once; of others never."""
        actors = f"{METADATA}UtilityActorsName"
        for said, named in (
            ("js-oracle", "js-oracle"),
            ("b, a, b", "a, b"),
            ("", None),
            (None, None),
        ):
            found = self.details(**{TYPE: "utility", actors: said})
            self.assertEqual(found, ("utility", named, "none", False))
        self.assertEqual(self.details(**{TYPE: "gpu", actors: "a"})[:2], ("gpu", None))
        ping = crash_ping(**{TYPE: "utility", actors: " b ,a,, "})
        self.assertEqual(self.counted(ping).crash.actors, "a, b")  # type: ignore[union-attr]

    def test_processes(self) -> None:
        """A process goes by the name that is sent, up to a site behind it; absent is main."""
        for said, named in (
            (None, "main"),
            ("main", "main"),
            ("content", "content"),
            ("webIsolated=https://example.com", "webIsolated"),
            ("rdd", "rdd"),
            ("Some Other", "Some Other"),
            ("x" * 300, "x" * 200),
        ):
            self.assertEqual(self.details(**{TYPE: said})[0], named)
        ping = crash_ping(**{TYPE: "webIsolated=https://example.com"})
        self.assertEqual(self.counted(ping).process_type, "webIsolated")

    def test_usage_pings(self) -> None:
        """A main ping has none of it."""
        self.assertIsNone(self.counted(main_ping(**{SIZE: "1"})).crash)


class ChildCrashesTest(TodayTestCase):
    def children(self, **histograms: Any) -> dict[str, int]:
        """Return the child crashes of a main ping with these histograms by process."""
        found = self.counted(main_ping(**{WITH_DUMP: histograms})).child_crashes
        self.assertEqual(list(found), sorted(found))
        return dict(found)

    def test_each_key(self) -> None:
        """Each key of the histogram is a process, whatever it is called, but for those of 0."""
        keys = ("content", "plugin", "gmplugin", "gpu", "rdd", "socket", "utility", "new one")
        histograms = {key: {"sum": number} for number, key in enumerate(keys)}
        self.assertEqual(
            self.children(**histograms),
            {key: number for number, key in enumerate(keys) if number},
        )

    def test_bad_counts(self) -> None:
        """A count that is none stands as 0 and leaves the others; that is listed."""
        self.assertEqual(self.children(rdd={"sum": -1}, gpu={"sum": 2}, vr=7), {"gpu": 2})

    def test_bounds(self) -> None:
        """Names are cut to 200 code points, and then one; of 60 the first 50 count."""
        self.assertEqual(
            self.children(**{"x" * 201: {"sum": 1}, "x" * 202: {"sum": 2}}), {"x" * 200: 3}
        )
        many = {f"p{number:02}": {"sum": 1} for number in range(60)}
        self.assertEqual(self.children(**many), {f"p{number:02}": 1 for number in range(50)})

    def test_crash_pings(self) -> None:
        """A crash ping that carries the histogram tells of it likewise."""
        ping = crash_ping(**{f"{WITH_DUMP}/gpu": {"sum": 2}})
        self.assertEqual(self.counted(ping).child_crashes, (("gpu", 2),))


if __name__ == "__main__":
    unittest.main()
