"""Clients and sessions: who they are, how often they crash, and what makes a version worse."""

from __future__ import annotations

import unittest
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from math import sqrt

from crash_rate_aggregates.errors import UsageError
from crash_rate_aggregates.sample_pings.world_2026.arrivals import LAG_SHARES, lag_shares
from crash_rate_aggregates.sample_pings.world_2026.crash_causes import (
    CAUSES,
    RATES,
    CrashClass,
    hazard,
    headline,
)
from crash_rate_aggregates.sample_pings.world_2026.people import People
from crash_rate_aggregates.sample_pings.world_2026.senders import SENDERS
from crash_rate_aggregates.sample_pings.world_2026.sessions import Crash, Happenings, Session
from crash_rate_aggregates.sample_pings.world_2026.worse_versions import worse_versions

DAY = date(2026, 11, 25)
PER_1000_HOURS = 3_600_000


def sessions(happenings: Happenings, day: date = DAY) -> list[Session]:
    """Return all sessions of a day, whenever the server hears of them."""
    return [session for lag in LAG_SHARES for session in happenings.sessions(day, lag)]


def headline_crashes(found: Iterable[Session]) -> list[Crash]:
    """Return the crashes that M or C counts."""
    return [crash for one in found for crash in one.crashes if crash.cause.is_headline]


def rate(found: Iterable[Session], counts: Callable[[Crash], bool]) -> float:
    """Return crashes per 1,000 hours."""
    one = list(found)
    crashes = sum(counts(crash) for session in one for crash in session.crashes)
    return PER_1000_HOURS * crashes / sum(session.seconds for session in one)


class PeopleTest(unittest.TestCase):
    def test_same_for_ever(self) -> None:
        """A client is the same whenever it is asked for, and another by another seed."""
        people = People(1, 1_000)
        self.assertEqual(people.person(7), People(1, 1_000).person(7))
        self.assertNotEqual(people.person(7).client_id, People(2, 1_000).person(7).client_id)

    def test_ids_are_not_linked(self) -> None:
        """A client's ids in v4 pings, in Glean's and in the crash reporter's are three."""
        person = People(1, 1_000).person(7)
        ids = {person.client_id, person.glean_id, person.reporter_id}
        self.assertEqual(len(ids), 3)
        for one in ids:
            self.assertRegex(
                one, r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$"
            )

    def test_shares(self) -> None:
        """Of many clients each application and channel has its share, within four errors."""
        self.assertAlmostEqual(sum(sender.share for sender in SENDERS), 1)
        people = People(1, 1_000)
        number = 20_000
        found = Counter(id(people.person(one).sender) for one in range(number))
        for sender in SENDERS:
            with self.subTest(sender.namespace, train=sender.train):
                error = sqrt(sender.share * (1 - sender.share) / number)
                self.assertAlmostEqual(found[id(sender)] / number, sender.share, delta=4 * error)

    def test_few_use_much(self) -> None:
        """A tenth of the clients has over a fifth of the sessions, and none has 0.5%."""
        drawn = Counter(session.person.digits for session in sessions(Happenings(1, 10_000)))
        ranks = [number for _, number in drawn.most_common()]
        self.assertGreater(sum(ranks[: len(ranks) // 10]) / sum(ranks), 0.2)
        self.assertLess(ranks[0] / sum(ranks), 0.005)


class CausesTest(unittest.TestCase):
    def test_rates_are_those_of_the_table(self) -> None:
        """The causes of a process have its rate together, and classes their shares of it."""
        for audience, rates in RATES.items():
            found = hazard(audience, {})
            starts = (0.0, *found.cumulative)
            of = Counter[str]()
            for cause, start, end in zip(found.causes, starts, found.cumulative, strict=False):
                if cause.crash_class is not CrashClass.SHUTDOWN_KILL:
                    of[cause.process] += end - start  # type: ignore[assignment]  # Of rates.
            for process, expected in rates.items():
                with self.subTest(audience, process=process):
                    self.assertAlmostEqual(of[process] * PER_1000_HOURS, expected, places=9)

    def test_headline(self) -> None:
        """What M and C count is main and content crashes but shutdown kills, at their rates."""
        found = headline(hazard("release", {}))
        self.assertAlmostEqual(found.per_second * PER_1000_HOURS, 1.05 + 1.15, places=9)
        self.assertEqual({cause.process for cause in found.causes}, {"main", "content"})

    def test_factors(self) -> None:
        """A cause's factor multiplies its rate and no other."""
        oom = next(one for one in CAUSES if one.crash_class is CrashClass.OUT_OF_MEMORY)
        more = hazard("release", {oom: 3.0}).per_second - hazard("release", {}).per_second
        self.assertAlmostEqual(more * PER_1000_HOURS, 2 * 1.05 * oom.share, places=9)


class SessionsTest(unittest.TestCase):
    plain: list[Session]

    @classmethod
    def setUpClass(cls) -> None:
        cls.plain = sessions(Happenings(1, 20_000, has_regressions=False))

    def worse(self, label: str, factor: float) -> list[Session]:
        """Return the same sessions where one version was made worse."""
        return sessions(Happenings(1, 20_000, has_regressions=False, worse={label: factor}))

    def test_number(self) -> None:
        """An average day has so many usage pings as asked for, and weekends have fewer."""
        week = [len(sessions(Happenings(1, 1_000), DAY + timedelta(days=i))) for i in range(7)]
        self.assertAlmostEqual(sum(week) / 7, 1_000, delta=20)
        self.assertEqual(sorted(week)[:2], sorted(week[3:5]))

    def test_rates(self) -> None:
        """On a day rates are near those of the table: few machines crash much, so not very near."""
        release = [one for one in self.plain if one.person.sender.audience == "release"]
        main = rate(release, lambda crash: crash.cause.process == "main")
        self.assertTrue(0.6 < main < 1.8, main)
        kills = rate(release, lambda crash: crash.cause.crash_class is CrashClass.SHUTDOWN_KILL)
        self.assertTrue(14 < kills < 26, kills)

    def test_worse_changes_nothing_else(self) -> None:
        """All of other versions stays, and of the worse one all but main and content crashes."""
        for plain, worse in zip(self.plain, self.worse("160.0.1", 5.0), strict=True):
            if plain.build.label != "160.0.1":
                self.assertEqual(plain, worse)
            else:
                kept = worse.crashes[: len(plain.crashes)]
                self.assertEqual(plain, worse._replace(crashes=kept))
                self.assertEqual(
                    headline_crashes([worse._replace(crashes=worse.crashes[len(kept) :])]),
                    list(worse.crashes[len(kept) :]),
                )

    def test_worse_is_exact_in_expectation(self) -> None:
        """A factor multiplies main and content crashes, below 1 too, within four errors."""
        label = "160.0.1"
        before = len(headline_crashes(one for one in self.plain if one.build.label == label))
        self.assertGreater(before, 20)
        for factor in (0.0, 0.5, 2.0, 20.0):
            with self.subTest(factor=factor):
                found = [one for one in self.worse(label, factor) if one.build.label == label]
                # Those before are a draw of their mean too.
                error = sqrt(before * abs(factor - 1) * (abs(factor - 1) + 1))
                after = len(headline_crashes(found))
                self.assertAlmostEqual(after, factor * before, delta=4 * error)
        self.assertEqual(len(headline_crashes(self._of(label, 0.0))), 0)

    def _of(self, label: str, factor: float) -> Iterator[Session]:
        return (one for one in self.worse(label, factor) if one.build.label == label)


class ArrivalsTest(unittest.TestCase):
    def test_shares(self) -> None:
        """All pings of a day come sometime, 95% within two days, fewer after a Friday."""
        for age in range(7):
            shares = lag_shares(DAY + timedelta(days=age))
            with self.subTest(age=age):
                self.assertAlmostEqual(sum(shares.values()), 1)
                soon = shares[0] + shares[1] + shares[2]
                is_friday = (DAY + timedelta(days=age)).weekday() == 4
                self.assertAlmostEqual(soon, 0.90 if is_friday else 0.96)


class WorseVersionsTest(unittest.TestCase):
    def test_read(self) -> None:
        """Versions are named as people say them."""
        found = worse_versions(["162.0b1=2", "160.0.1=0.5"], [DAY])
        self.assertEqual(found, {"162.0b1": 2.0, "160.0.1": 0.5})
        self.assertEqual(worse_versions([], []), {})

    def test_bad(self) -> None:
        """What is no version that somebody runs, or no factor, is told with what could be meant."""
        for text, told in (
            ("162.0b1", "VERSION=FACTOR with a factor from 0 to 1000.*'162.0b1'"),
            ("162.0b1=x", "not '162.0b1=x'"),
            ("162.0b1=-1", "not '162.0b1=-1'"),
            ("162.0b1=nan", "not '162.0b1=nan'"),
            ("162.0b1=1e9", "not '162.0b1=1e9'"),
            ("162.0b4=2", "nobody runs version '162.0b4'.* like 163.0a1, 162.0b2"),
        ):
            with self.subTest(text), self.assertRaisesRegex(UsageError, told):
                worse_versions([text], [DAY])


if __name__ == "__main__":
    unittest.main()
