"""What tells the class of a crash: the same in its v4 and in its Glean ping."""

from __future__ import annotations

import json
import unittest
from collections import Counter
from collections.abc import Mapping
from typing import Any

from crash_rate_aggregates.sample_pings.world_2026.crash_causes import CAUSES, Cause, CrashClass
from crash_rate_aggregates.sample_pings.world_2026.people import People
from crash_rate_aggregates.sample_pings.world_2026.release_calendar import builds
from crash_rate_aggregates.sample_pings.world_2026.sessions import Crash
from crash_rate_aggregates.sample_pings.world_2026.texts import glean_texts, v4_texts
from crash_rate_aggregates.sample_pings.world_2026.texts.crash_annotations import (
    crash_annotations,
)
from crash_rate_aggregates.sample_pings.world_2026.texts.ingestion_texts import sent_ping
from test.sample_pings.world_2026.sample_days import DAY, documents, sample_day

PERSON = People(1, 1_000).person(7)
BUILD = builds("esr128", DAY)[0]


def cause_of(process: str, crash_class: CrashClass, *, is_startup: bool = False) -> Cause:
    """Return the cause of these."""
    wanted = (process, crash_class, is_startup)
    return next(one for one in CAUSES if (one.process, one.crash_class, one.is_startup) == wanted)


def v4(crash: Crash) -> Mapping[str, str]:
    """Return the metadata of a crash's v4 ping."""
    text = v4_texts.crash_ping(PERSON, BUILD, crash, sent_ping(crash.bits, DAY, DAY), None)
    metadata: dict[str, str] = json.loads(text)["payload"]["metadata"]
    return metadata


def glean(crash: Crash) -> Mapping[str, Any]:
    """Return the metrics of a crash's Glean ping, whatever their kind."""
    sent = sent_ping(crash.bits, DAY, DAY)
    text = glean_texts.crash_ping(
        *(PERSON, BUILD, crash, sent, None), reason="crash", namespace="firefox-desktop"
    )
    kinds: dict[str, dict[str, Any]] = json.loads(text)["metrics"]
    return {
        f"{kind}/{name}": value for kind, named in kinds.items() for name, value in named.items()
    }


class AnnotationsTest(unittest.TestCase):
    def both(
        self, process: str, crash_class: CrashClass, bits: int = 1
    ) -> tuple[Mapping[str, str], Mapping[str, Any]]:
        """Return what both pings of a crash say."""
        crash = Crash(cause_of(process, crash_class), bits, is_late=False)
        return v4(crash), glean(crash)

    def test_out_of_memory(self) -> None:
        """A crash that is out of memory says how much it wanted."""
        for bits, size in ((0, 4_096), (8, 1_048_576), (15, 134_217_728)):
            metadata, metrics = self.both("content", CrashClass.OUT_OF_MEMORY, bits)
            self.assertEqual(metadata["OOMAllocationSize"], str(size))
            self.assertEqual(metrics["quantity/memory.oom_allocation_size"], size)

    def test_background_task(self) -> None:
        """A crash of a background task names it."""
        metadata, metrics = self.both("main", CrashClass.BACKGROUND_TASK)
        self.assertEqual(metadata["BackgroundTaskName"], "backgroundupdate")
        self.assertEqual(metrics["string/crash.background_task_name"], "backgroundupdate")

    def test_async_shutdown(self) -> None:
        """A shutdown hang says its phase and what it waits for; Glean keeps conditions as text."""
        metadata, metrics = self.both("main", CrashClass.SHUTDOWN_HANG)
        told = json.loads(metadata["AsyncShutdownTimeout"])
        found = metrics["object/crash.async_shutdown_timeout"]
        self.assertEqual(told.keys(), {"phase", "conditions", "brokenAddBlockers"})
        self.assertEqual(found["phase"], told["phase"])
        self.assertEqual(json.loads(found["conditions"]), told["conditions"])
        self.assertEqual(found["broken_add_blockers"], told["brokenAddBlockers"])

    def test_quota_manager(self) -> None:
        """One of four shutdown hangs is the quota manager's, whose lines Glean has apart."""
        metadata, metrics = self.both("main", CrashClass.SHUTDOWN_HANG, 4)
        self.assertNotIn("AsyncShutdownTimeout", metadata)
        lines = metrics["object/crash.quota_manager_shutdown_timeout"]
        self.assertEqual(lines, metadata["QuotaManagerShutdownTimeout"].split("\n"))
        self.assertEqual(len(lines), 3)
        cause = cause_of("main", CrashClass.SHUTDOWN_HANG)
        found = Counter(
            name for bits in range(400) for name in crash_annotations(Crash(cause, bits, False))
        )
        self.assertEqual(found, {"QuotaManagerShutdownTimeout": 100, "AsyncShutdownTimeout": 300})

    def test_shutdown_kill(self) -> None:
        """A process that was killed at shutdown says so as the error of its channel."""
        metadata, metrics = self.both("content", CrashClass.SHUTDOWN_KILL)
        self.assertEqual(metadata["ipc_channel_error"], "ShutDownKill")
        self.assertEqual(metrics["string/crash.ipc_channel_error"], "ShutDownKill")

    def test_startup(self) -> None:
        """A crash at startup is told as 1 in v4 pings, and others are not told."""
        cause = cause_of("main", CrashClass.NONE, is_startup=True)
        crash = Crash(cause, 1, is_late=False)
        self.assertEqual(v4(crash)["StartupCrash"], "1")
        self.assertIs(glean(crash)["boolean/crash.startup"], True)
        metadata, metrics = self.both("main", CrashClass.NONE)
        self.assertNotIn("StartupCrash", metadata)
        self.assertIs(metrics["boolean/crash.startup"], False)

    def test_utility_actors(self) -> None:
        """A utility process says what ran in it: one actor, or several with commas in v4."""
        metadata, metrics = self.both("utility", CrashClass.NONE, 0)
        self.assertEqual(metadata["UtilityActorsName"], "audio-decoder-generic")
        self.assertEqual(
            metrics["string_list/crash.utility_actors_name"], ["audio-decoder-generic"]
        )
        metadata, metrics = self.both("utility", CrashClass.NONE, 4)
        self.assertEqual(metadata["UtilityActorsName"], "audio-decoder-generic,js-oracle")
        self.assertEqual(
            metrics["string_list/crash.utility_actors_name"],
            ["audio-decoder-generic", "js-oracle"],
        )

    def test_classes_of_a_day(self) -> None:
        """A day has crashes of several classes, and each utility process says what ran in it."""
        marks = Counter[str]()
        for ping in documents(sample_day(), "crash"):
            if metrics := ping.get("metrics"):
                marks["oom"] += "memory.oom_allocation_size" in metrics.get("quantity", {})
                marks.update(dict.fromkeys(metrics.get("object", {}), 1))
                marks["kill"] += metrics["string"].get("crash.ipc_channel_error") == "ShutDownKill"
                is_utility = metrics["string"]["crash.process_type"] == "utility"
                self.assertEqual(is_utility, "string_list" in metrics)
        hangs = {"crash.async_shutdown_timeout", "crash.quota_manager_shutdown_timeout"}
        self.assertEqual(set(+marks), {"oom", "kill", *hangs})

    def test_each_class_is_told_once(self) -> None:
        """No crash says more than one class, and one without a class says none."""
        for cause in CAUSES:
            for bits in range(8):
                found = set(crash_annotations(Crash(cause, bits, is_late=False)))
                found -= {"StartupCrash", "UtilityActorsName"}
                with self.subTest(cause.process, crash_class=cause.crash_class, bits=bits):
                    self.assertEqual(len(found), cause.crash_class is not CrashClass.NONE)


if __name__ == "__main__":
    unittest.main()
