"""Builds by day, and who runs them."""

from __future__ import annotations

import unittest
from collections import Counter
from datetime import date, timedelta

from crash_rate_aggregates.sample_pings.world_2026.adoption import adopted, builds_in_use
from crash_rate_aggregates.sample_pings.world_2026.release_calendar import (
    builds,
    major_on,
    release_day,
)
from crash_rate_aggregates.sample_pings.world_2026.senders import TRAINS
from crash_rate_aggregates.sample_pings.world_2026.shares import SLOTS

DAY = date(2026, 11, 28)


def labels(train: str, day: date) -> list[str]:
    """Name a train's builds, the newest first."""
    return [build.label for build in builds(train, day)]


def shipped(train: str, day: date, label: str) -> date:
    """Return when a build came out."""
    build = next(one for one in builds(train, day) if one.label == label)
    return date.fromordinal(int(build.shipped))


class ReleaseCalendarTest(unittest.TestCase):
    def test_published_days(self) -> None:
        """Releases come out on the days that Mozilla published."""
        for major, day in ((155, "2026-09-01"), (156, "2026-09-15"), (162, "2026-12-08")):
            with self.subTest(major=major):
                self.assertEqual(release_day(major), date.fromisoformat(day))
        self.assertEqual(release_day(154), date(2026, 8, 4))

    def test_newest_release(self) -> None:
        """A release is the newest from its day to the day before the next, on both cadences."""
        for major in range(140, 170):
            with self.subTest(major=major):
                self.assertEqual(major_on(release_day(major)), major)
                self.assertEqual(major_on(release_day(major + 1) - timedelta(days=1)), major)

    def test_release(self) -> None:
        """A release has one dot release seven days after it."""
        self.assertEqual(labels("release", DAY)[:4], ["161.0", "160.0.1", "160.0", "159.0.1"])
        self.assertEqual(shipped("release", DAY, "161.0"), date(2026, 11, 24))
        self.assertEqual(shipped("release", DAY, "160.0.1"), date(2026, 11, 17))
        self.assertEqual(labels("release", date(2026, 12, 1))[0], "161.0.1")

    def test_betas_of_two_weeks(self) -> None:
        """Five betas come on Monday, Wednesday and Friday, then the candidate without a number."""
        found = [label for label in labels("beta", DAY) if label.startswith("161.")]
        self.assertEqual(found, ["161.0", *(f"161.0b{number}" for number in (5, 4, 3, 2, 1))])
        days = [shipped("beta", DAY, f"161.0b{number}") for number in range(1, 6)]
        self.assertEqual([day.weekday() for day in days], [0, 2, 4, 0, 2])
        self.assertEqual((days[0], days[4]), (date(2026, 11, 9), date(2026, 11, 18)))

    def test_betas_of_four_weeks(self) -> None:
        """Before 155 a cycle had eleven betas."""
        found = [label for label in labels("beta", date(2026, 8, 31)) if "155.0b" in label]
        self.assertEqual(len(found), 11)

    def test_beta_has_no_number_in_its_version(self) -> None:
        """All betas of a cycle, and the candidate, say one version."""
        versions = {build.version for build in builds("beta", DAY) if build.major == 161}
        self.assertEqual(versions, {"161.0"})

    def test_candidate_becomes_release(self) -> None:
        """The last build of beta has the build id of the release."""
        of = {
            train: {build.label: build.stamp for build in builds(train, DAY)}
            for train in ("beta", "release")
        }
        self.assertEqual(of["beta"]["161.0"], of["release"]["161.0"])

    def test_nightly(self) -> None:
        """Nightly is one version ahead of beta, with two builds a day."""
        stamps = [build.stamp[:8] for build in builds("nightly", DAY)]
        self.assertEqual(set(Counter(stamps).values()), {2})
        self.assertEqual(labels("nightly", DAY)[0], "163.0a1")
        self.assertEqual(labels("nightly", date(2026, 11, 22))[0], "162.0a1")

    def test_long_supported(self) -> None:
        """Two ESRs get a build with each release, an old one has ended."""
        self.assertEqual(labels("esr140", DAY)[:2], ["140.21.0esr", "140.20.0esr"])
        self.assertEqual(labels("esr115", DAY)[0], "115.46.0esr")
        self.assertEqual(labels("esr128", DAY)[0], "128.14.0esr")
        self.assertEqual(builds("esr140", DAY)[0].version, "140.21.0")

    def test_any_day(self) -> None:
        """Every train has builds on every day, also long before there was such a version."""
        for day in (date(2000, 1, 1), date(2016, 3, 14), date(2199, 12, 31)):
            for train in TRAINS:
                with self.subTest(day=day, train=train):
                    self.assertEqual(len(builds_in_use(train, day)), SLOTS)


class AdoptionTest(unittest.TestCase):
    def share(self, train: str, day: date, label: str) -> float:
        """Return the share of a train's clients that run builds of a label."""
        return sum(build.label == label for build in builds_in_use(train, day)) / SLOTS

    def test_release_takes_days(self) -> None:
        """A release has 8% of its clients on its first day, half after three, 70% after five."""
        day = release_day(161)
        shares = [self.share("release", day + timedelta(days=age), "161.0") for age in range(6)]
        for share, expected in zip(shares, (0.08, 0.25, 0.42, 0.55, 0.64, 0.70), strict=True):
            self.assertAlmostEqual(share, expected, delta=0.02)

    def test_adoption_never_falls(self) -> None:
        """The share that has a build or a newer one grows from 0 to 1."""
        for train in TRAINS:
            shares = [adopted(train, age / 4) for age in range(4 * 130)]
            with self.subTest(train=train):
                self.assertEqual(shares, sorted(shares))
                self.assertEqual((shares[0], shares[-1]), (0.0, 1.0))

    def test_clients_only_go_forward(self) -> None:
        """From one day to the next no client goes back to an older build."""
        for train in TRAINS:
            with self.subTest(train=train):
                today = builds_in_use(train, DAY)
                tomorrow = builds_in_use(train, DAY + timedelta(days=1))
                back = sum(
                    new.shipped < old.shipped for old, new in zip(today, tomorrow, strict=True)
                )
                self.assertEqual(back, 0)


if __name__ == "__main__":
    unittest.main()
