"""Whose pings they are: one client has the same ids on all days, and others in other pings."""

from __future__ import annotations

import unittest
from collections import Counter, defaultdict
from datetime import timedelta

from crash_rate_aggregates.sample_pings.world_2026.heard_pings import pings_of_day
from crash_rate_aggregates.sample_pings.world_2026.people import People
from crash_rate_aggregates.sample_pings.world_2026.sessions import Happenings
from test.sample_pings.world_2026.sample_days import DAY, documents

DAYS = 4
HAPPENINGS = Happenings(3, 8_000)


class ClientIdsTest(unittest.TestCase):
    by_id: dict[str, set[int]]
    """By kind of ping and id: the days on which it came."""
    kinds: dict[str, set[str]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.by_id, cls.kinds = defaultdict(set), defaultdict(set)
        for age in range(DAYS):
            pings = list(pings_of_day(HAPPENINGS, DAY - timedelta(days=age)))
            for doc_type in ("main", "crash", "baseline"):
                for ping in documents(pings, doc_type):
                    told = ping.get("metadata", {}).get("document_namespace", "")
                    client = ping.get("clientId") or ping["client_info"]["client_id"]
                    cls.kinds[f"{told}/{doc_type}"].add(client)
                    cls.by_id[client].add(age)

    def test_v4(self) -> None:
        """A v4 crash ping has the id of its client's main pings."""
        everybody = {People(3, 8_000).person(number).client_id for number in range(12_000)}
        self.assertTrue(self.kinds["telemetry/crash"])
        self.assertLessEqual(self.kinds["telemetry/crash"], everybody)
        mains = self.kinds["telemetry/main"]
        self.assertGreater(len(mains & everybody) / len(mains), 0.999)

    def test_glean(self) -> None:
        """Glean pings have another id, the same in crash and baseline; the reporter's a third."""
        everybody = [People(3, 8_000).person(number) for number in range(12_000)]
        glean = {one.glean_id for one in everybody}
        reporters = {one.reporter_id for one in everybody}
        for kind in ("firefox-desktop/baseline", "org-mozilla-firefox/baseline"):
            self.assertLessEqual(self.kinds[kind], glean)
        self.assertLessEqual(self.kinds["org-mozilla-firefox/crash"], glean)
        # The machine that crashes all day is none of those who have sessions.
        self.assertEqual(len(self.kinds["firefox-desktop/crash"] - glean), 1)
        self.assertTrue(self.kinds["firefox-crashreporter/crash"])
        self.assertLessEqual(self.kinds["firefox-crashreporter/crash"], reporters)

    def test_days(self) -> None:
        """Of the clients of four days a third come on one of them, and some on each."""
        days = Counter(len(self.by_id[client]) for client in self.kinds["telemetry/main"])
        self.assertEqual(days, {1: 2_841, 2: 3_368, 3: 2_060, 4: 729})

    def test_pings_a_client(self) -> None:
        """On a day a client sends 1.5 usage pings in the mean."""
        sessions = [
            session.person.digits
            for lag in (0, 1)
            for session in HAPPENINGS.sessions(DAY - timedelta(days=lag), lag)
        ]
        self.assertAlmostEqual(len(sessions) / len(set(sessions)), 1.5, delta=0.15)


class ExperimentsTest(unittest.TestCase):
    def test_shares(self) -> None:
        """Each branch has a tenth of its channel's clients, and a client stays in it."""
        people = [People(1, 1_000).person(number) for number in range(30_000)]
        release = [
            one
            for one in people
            if (one.sender.application, one.sender.channel) == ("Firefox", "release")
        ]
        found = Counter(branch for one in release for branch in one.experiments)
        self.assertEqual(
            set(found),
            {
                (slug, branch)
                for slug in ("sample-content-cache", "sample-new-tab")
                for branch in ("control", "treatment")
            },
        )
        for branch, number in found.items():
            with self.subTest(branch):
                self.assertAlmostEqual(number / len(release), 0.1, delta=0.01)


if __name__ == "__main__":
    unittest.main()
