"""What a world has to be found in it: that it is there, and what is the same without it."""

from __future__ import annotations

import unittest
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from crash_rate_aggregates.sample_pings.world_2026.crash_causes import (
    KILL_RATE,
    Cause,
    CrashClass,
    Hazard,
    hazard,
)
from crash_rate_aggregates.sample_pings.world_2026.heard_pings import pings_of_day
from crash_rate_aggregates.sample_pings.world_2026.people import People
from crash_rate_aggregates.sample_pings.world_2026.regressions.looping_machine import (
    session_in_loop,
)
from crash_rate_aggregates.sample_pings.world_2026.regressions.regression_factors import (
    LOOP_BEGINS,
    regression_factors,
)
from crash_rate_aggregates.sample_pings.world_2026.release_calendar import builds
from crash_rate_aggregates.sample_pings.world_2026.senders import SENDERS
from crash_rate_aggregates.sample_pings.world_2026.sessions import Happenings
from test.sample_pings.world_2026.sample_days import DAY, HAPPENINGS, documents, sample_day

RELEASE_CRASHES = {("release", "main"), ("release", "content")}
DAY_OF_BETA = date(2026, 11, 29)
TREATMENT = ("sample-content-cache", "treatment")


def rates(
    branch: tuple[str, str] | None, system: str, label: str, application: str = "Firefox"
) -> Mapping[str, float]:
    """Return by how much crashes of each process grow for a client, and those of main's classes."""
    person = People(1, 1_000).person(7)
    channel = "beta" if "b" in label else "release"
    sender = next(
        one for one in SENDERS if (one.application, one.channel) == (application, channel)
    )
    machine = next(one for one in sender.machines if one.v4_name == system)
    branches = (branch,) if branch else ()
    changed = person._replace(sender=sender, machine=machine, experiments=branches)
    build = builds("beta", DAY_OF_BETA)[0]._replace(label=label)
    found = hazard(sender.audience, regression_factors(changed, build))
    usual = hazard(sender.audience, {})

    def grown(counts: Callable[[Cause], bool]) -> float:
        return part(found, counts) / part(usual, counts)

    return {
        "main": grown(lambda cause: cause.process == "main"),
        "content": grown(lambda cause: cause.process == "content"),
        "gpu": grown(lambda cause: cause.process == "gpu"),
        "main out of memory": grown(
            lambda cause: cause.process == "main" and cause.crash_class is CrashClass.OUT_OF_MEMORY
        ),
    }


def part(found: Hazard, counts: Callable[[Cause], bool]) -> float:
    """Return the part of a hazard that some causes have."""
    starts = (0.0, *found.cumulative)
    parts = zip(found.causes, starts, found.cumulative, strict=False)
    return sum(end - start for cause, start, end in parts if counts(cause))


class RegressionsTest(unittest.TestCase):
    def test_second_beta(self) -> None:
        """The main process of a version's second beta runs out of memory six times as often."""
        for system in ("Windows_NT", "Darwin", "Linux"):
            with self.subTest(system):
                found = rates(None, system, "162.0b2")
                self.assertAlmostEqual(found["main out of memory"], 6)
                self.assertAlmostEqual(found["main"], 1 + 5 * 0.12)
                self.assertAlmostEqual(found["content"], 1)
                self.assertAlmostEqual(found["gpu"], 1)

    def test_branch(self) -> None:
        """One branch has 1.6 times the main crashes and twice the content crashes."""
        found = rates(TREATMENT, "Windows_NT", "161.0")
        self.assertAlmostEqual(found["main"], 1.6)
        self.assertAlmostEqual(found["main out of memory"], 1.6)
        self.assertAlmostEqual(found["content"], (2 * 1.15 + KILL_RATE) / (1.15 + KILL_RATE))
        self.assertAlmostEqual(found["gpu"], 1)

    def test_all_others(self) -> None:
        """Other betas and branches, and Firefox for Android, crash as ever."""
        for found in (
            rates(None, "Windows_NT", "162.0b3"),
            rates(None, "Android", "162.0b2", "Fenix"),
            rates(("sample-content-cache", "control"), "Windows_NT", "161.0"),
            rates(("sample-new-tab", "treatment"), "Windows_NT", "161.0"),
        ):
            self.assertEqual(set(found.values()), {1.0})

    def test_nothing_else_changes(self) -> None:
        """Without regressions each session is the same but for the crashes that they add."""
        plain = Happenings(1, 20_000, has_regressions=False).sessions(DAY, 0)
        added = Counter[tuple[str, str]]()
        for usual, regressed in zip(plain, HAPPENINGS.sessions(DAY, 0), strict=True):
            kept = regressed.crashes[: len(usual.crashes)]
            self.assertEqual(usual, regressed._replace(crashes=kept))
            more = regressed.crashes[len(kept) :]
            if more and TREATMENT not in usual.person.experiments:
                self.assertEqual(usual.build.label, "162.0b2")
                self.assertEqual(
                    {crash.cause.crash_class for crash in more}, {CrashClass.OUT_OF_MEMORY}
                )
            added.update((usual.person.sender.channel, crash.cause.process) for crash in more)
        self.assertLessEqual(added.keys(), {*RELEASE_CRASHES, ("beta", "main")})
        self.assertGreater(added["release", "content"], 0)


class FortnightTest(unittest.TestCase):
    """What 14 days of 20,000 usage pings have, whose pings come at once."""

    def main_crashes(self, *, has_regressions: bool) -> Counter[str]:
        """Count main crashes of the branch, and those that are out of memory in second betas."""
        happenings = Happenings(1, 20_000, has_regressions)
        found = Counter[str]()
        for age in range(14):
            for session in happenings.sessions(DAY - timedelta(days=age), 0):
                is_beta = session.person.sender.audience == "beta"
                is_second = is_beta and session.build.label.endswith("b2")
                for cause in (crash.cause for crash in session.crashes):
                    if cause.process == "main":
                        found["branch"] += TREATMENT in session.person.experiments
                        is_oom = cause.crash_class is CrashClass.OUT_OF_MEMORY
                        found["second betas"] += is_second and is_oom
        return found

    def test_main_crashes(self) -> None:
        """The branch and the second betas have more main crashes than without regressions."""
        before = self.main_crashes(has_regressions=False)
        after = self.main_crashes(has_regressions=True)
        self.assertEqual(before, {"branch": 20, "second betas": 1})
        self.assertEqual(after, {"branch": 30, "second betas": 8})


class LoopingMachineTest(unittest.TestCase):
    def test_crashes(self) -> None:
        """One client's utility process crashes 500 times a day; its main ping counts each."""
        pings = sample_day()
        clients = Counter(
            ping["client_info"]["client_id"]
            for ping in documents(pings, "crash")
            if ping.get("metrics", {}).get("string", {}).get("crash.process_type") == "utility"
        )
        self.assertAlmostEqual(clients.most_common(1)[0][1], 475, delta=20)
        counts = [
            told["utility"]["sum"]
            for ping in documents(pings, "main")
            if isinstance(keyed := ping["payload"]["keyedHistograms"], dict)
            and "utility" in (told := keyed.get("SUBPROCESS_CRASHES_WITH_DUMP", {}))
        ]
        self.assertEqual(max(counts), 500)

    def test_begins(self) -> None:
        """It is one client of release, from its first day on, whose other days have no session."""
        self.assertIsNone(session_in_loop(HAPPENINGS, LOOP_BEGINS - timedelta(days=1)))
        days = [session_in_loop(HAPPENINGS, LOOP_BEGINS + timedelta(days=age)) for age in (0, 9)]
        found = [one for one in days if one]
        self.assertEqual([len(one.crashes) for one in found], [500, 500])
        self.assertEqual(len({one.person.client_id for one in found}), 1)
        sender = found[0].person.sender
        self.assertEqual((sender.application, sender.channel), ("Firefox", "release"))

    def test_switched_off(self) -> None:
        """Without regressions nobody's utility process crashes more than a few times a day."""
        pings = list(pings_of_day(Happenings(1, 20_000, has_regressions=False), DAY))
        crashes = Counter(
            ping["client_info"]["client_id"]
            for ping in documents(pings, "crash")
            if "metrics" in ping
        )
        self.assertLess(crashes.most_common(1)[0][1], 50)


if __name__ == "__main__":
    unittest.main()
