"""A release that crashes more: when it comes out, whom it strikes, and what else is the same."""

from __future__ import annotations

import json
import unittest
from collections import Counter
from datetime import date, timedelta
from math import sqrt
from statistics import mean, stdev

from crash_rate_aggregates.sample_pings.world_2026.adoption import builds_in_use
from crash_rate_aggregates.sample_pings.world_2026.crash_causes import RATES, CrashClass
from crash_rate_aggregates.sample_pings.world_2026.heard_pings import pings_of_day
from crash_rate_aggregates.sample_pings.world_2026.people import CRASHING_BRANCH, People
from crash_rate_aggregates.sample_pings.world_2026.regressions.bad_release import (
    BUG,
    FEW_OTHERS,
    OFTEN,
    BadRelease,
)
from crash_rate_aggregates.sample_pings.world_2026.regressions.looping_machine import (
    session_in_loop,
)
from crash_rate_aggregates.sample_pings.world_2026.release_calendar import builds, release_day
from crash_rate_aggregates.sample_pings.world_2026.sessions import DESKTOP_MEAN, Happenings, Session
from crash_rate_aggregates.sample_pings.world_2026.shares import SLOTS

FIRST = date(2026, 11, 22)
"""A Sunday, two days before the calendar has 161.0."""
BAD = BadRelease(FIRST)
WITH_BUG = Happenings(1, 1_500, bad_release=BAD)
WITHOUT = Happenings(1, 1_500, has_regressions=False, bad_release=BAD)


def sessions(happenings: Happenings) -> list[Session]:
    """Return the sessions of the first four days that the server hears of at once."""
    return [one for age in range(4) for one in happenings.sessions(FIRST + timedelta(days=age), 0)]


class CalendarTest(unittest.TestCase):
    def test_any_day(self) -> None:
        """On whatever day it is to come out, it does, and is the newest for a week."""
        for number in range(-30, 30):
            bad = BadRelease(FIRST + timedelta(days=number))
            with self.subTest(bad.day):
                self.assertLess(abs(bad.moved), 15)
                for age, newest in ((0, bad.label), (6, bad.label), (7, f"{bad.label}.1")):
                    day = bad.day + timedelta(days=age)
                    self.assertEqual(builds("release", day, bad.moved)[0].label, newest)
                day = bad.day - timedelta(days=1)
                self.assertNotEqual(builds("release", day, bad.moved)[0].label, bad.label)

    def test_nearest_release(self) -> None:
        """It is the release whose day is the nearest, and its build was made as long before."""
        self.assertEqual((BAD.label, BAD.moved), ("161.0", -2))
        self.assertEqual(BadRelease(release_day(161) - timedelta(days=7)).label, "160.0")
        self.assertEqual(BadRelease(release_day(161) - timedelta(days=6)).label, "161.0")
        (build, *_) = builds("release", FIRST, BAD.moved)
        self.assertEqual(build.stamp, "202611171441")
        self.assertAlmostEqual(build.shipped, FIRST.toordinal() + 2 / 24, places=6)

    def test_first_days(self) -> None:
        """On its first day 17% of its clients have it, on the next 34%, then 49%."""
        shares = [
            sum(
                build.label == BAD.label
                for build in builds_in_use("release", FIRST + timedelta(days=age), BAD.moved)
            )
            for age in range(3)
        ]
        self.assertEqual(shares, [687, 1384, 1995])


class WorldTest(unittest.TestCase):
    def test_senders(self) -> None:
        """Release has 84% of the usage."""
        self.assertAlmostEqual(sum(sender.share for sender in FEW_OTHERS), 1)
        self.assertEqual((FEW_OTHERS[0].train, FEW_OTHERS[0].share), ("release", 0.84))

    def test_people(self) -> None:
        """Clients crash as much in the mean as elsewhere; the worst are a tenth as far from it."""
        for unevenness, most in ((1.0, 172.54), (0.1, 1 + 17.154)):
            people = People(1, 1_000, unevenness=unevenness)
            found = [people.person(number).crashiness for number in range(20_000)]
            self.assertAlmostEqual(max(found), most, places=1)
            self.assertAlmostEqual(sum(found) / len(found), 1, delta=0.3 * unevenness)

    def test_bug(self) -> None:
        """On macOS it crashes the main process so often that all main crashes are twice as many."""
        machines = FEW_OTHERS[0].machines
        share = sum(machine.v4_name == "Darwin" for machine in machines) / SLOTS
        usual = RATES["release"]["main"] * 25
        self.assertEqual(set(OFTEN.values()), {25})
        self.assertAlmostEqual(BUG.per_second * 3_600_000 * share, usual)
        (cause,) = BUG.causes
        self.assertEqual((cause.process, cause.crash_class), ("main", CrashClass.NONE))

    def test_looping_machine(self) -> None:
        """The machine that crashes all day does not take the release: no verdict hangs on it."""
        for age in range(14):
            session = session_in_loop(WITH_BUG, FIRST + timedelta(days=age))
            assert session is not None
            self.assertLess(session.build.major, 156)

    def test_small_pings(self) -> None:
        """Main pings have no histograms that no rule reads."""
        lines = [
            ping.line
            for ping in pings_of_day(Happenings(1, 40, bad_release=BAD), FIRST)
            if ping.doc_type == "main"
        ]
        self.assertGreater(len(lines), 30)
        self.assertEqual(
            {json.dumps(json.loads(one)["payload"]["histograms"]) for one in lines}, {"{}"}
        )


class BugTest(unittest.TestCase):
    def test_nothing_else_changes(self) -> None:
        """Without it each session is the same but for the main crashes that it adds, on macOS."""
        added = Counter[str]()
        for usual, struck in zip(sessions(WITHOUT), sessions(WITH_BUG), strict=True):
            kept = struck.crashes[: len(usual.crashes)]
            self.assertEqual(usual, struck._replace(crashes=kept))
            more = struck.crashes[len(kept) :]
            if more and struck.build.label == BAD.label and usual.person.sender.train == "release":
                if CRASHING_BRANCH in usual.person.experiments:
                    continue
                self.assertEqual(usual.person.machine.v4_name, "Darwin")
                self.assertEqual({crash.cause for crash in more}, set(BUG.causes))
                added[usual.person.sender.application] += len(more)
        self.assertEqual(added, {"Firefox": 82})

    def test_twice_as_many(self) -> None:
        """The release has twice the main crashes, and no more of others."""
        found = [
            Counter(
                crash.cause.process
                for session in sessions(happenings)
                if session.build.label == BAD.label and session.person.sender.audience == "release"
                for crash in session.crashes
                if CRASHING_BRANCH not in session.person.experiments
            )
            for happenings in (WITHOUT, WITH_BUG)
        ]
        self.assertEqual([one.pop("main") for one in found], [102, 184])
        self.assertEqual(found[0], found[1])

    def test_mean_session(self) -> None:
        """It strikes by the session as often as it would by the hour: sessions have that mean."""
        lengths = [one.seconds for one in sessions(WITHOUT) if not one.person.sender.is_mobile]
        error = stdev(lengths) / sqrt(len(lengths))
        self.assertLess(error, 300)
        self.assertAlmostEqual(mean(lengths), DESKTOP_MEAN, delta=3 * error)


if __name__ == "__main__":
    unittest.main()
