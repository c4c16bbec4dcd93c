"""How much of its sessions somebody is there, and where main pings say it."""

from __future__ import annotations

import unittest
from collections import Counter
from typing import Any

from crash_rate_aggregates.sample_pings.world_2026.activity import TICK_SECONDS, active_ticks
from test.sample_pings.world_2026.sample_days import documents, sample_day

SCALAR = "browser.engagement.active_ticks"
LONG = 8 * 3600


class ActiveTicksTest(unittest.TestCase):
    def test_sleep(self) -> None:
        """Where the length counts sleep, half of what it has over eight hours was slept through."""
        for hours, awake in ((1, 1), (8, 8), (10, 9), (24, 16)):
            with self.subTest(hours=hours):
                ticks = active_ticks(hours * 3600, 0.5, counts_sleep=True)
                self.assertEqual(ticks, awake * 3600 * 0.5 // TICK_SECONDS)
        self.assertEqual(active_ticks(24 * 3600, 0.5, counts_sleep=False), 8_640)
        self.assertEqual(active_ticks(9, 0.5, counts_sleep=False), 0)


class MainPingsTest(unittest.TestCase):
    mains: list[dict[str, Any]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.mains = [
            ping
            for ping in documents(sample_day(), "main")
            if isinstance(length := ping["payload"]["info"]["subsessionLength"], int)
            and 0 < length < 90_000
        ]

    def share(self, system: str, shortest: int = 0) -> float:
        """Return the active share of the usage of a system's sessions of some length."""
        active = seconds = 0
        for ping in self.mains:
            length = ping["payload"]["info"]["subsessionLength"]
            if ping["environment"]["system"]["os"]["name"] == system and length > shortest:
                active += TICK_SECONDS * ping["payload"]["simpleMeasurements"]["activeTicks"]
                seconds += length
        return active / seconds

    def test_shares(self) -> None:
        """A third of usage is active; on Windows a quarter, and less of long sessions."""
        self.assertAlmostEqual(self.share("Darwin"), 0.33, delta=0.03)
        self.assertAlmostEqual(self.share("Linux"), 0.33, delta=0.05)
        self.assertAlmostEqual(self.share("Windows_NT"), 0.27, delta=0.02)
        self.assertAlmostEqual(self.share("Windows_NT", LONG), 0.24, delta=0.02)

    def test_never_longer_than_the_session(self) -> None:
        """Ticks together are never longer than the session."""
        for ping in self.mains:
            seconds = TICK_SECONDS * ping["payload"]["simpleMeasurements"]["activeTicks"]
            self.assertLessEqual(seconds, ping["payload"]["info"]["subsessionLength"])

    def test_places(self) -> None:
        """The scalar says what simpleMeasurements do; it is missing for no ticks and in ESR 115."""
        missing = Counter[str]()
        for ping in self.mains:
            scalars = ping["payload"]["processes"]["parent"]["scalars"]
            ticks = ping["payload"]["simpleMeasurements"]["activeTicks"]
            is_old = ping["application"]["version"].startswith("115.")
            if ticks and not is_old:
                self.assertEqual(scalars[SCALAR], ticks)
            else:
                self.assertNotIn(SCALAR, scalars)
                missing["ESR 115" if is_old else "none"] += 1
        self.assertAlmostEqual(missing["ESR 115"] / len(self.mains), 0.03 / 0.84, delta=0.006)
        self.assertAlmostEqual(missing["none"] / len(self.mains), 0.08, delta=0.01)


if __name__ == "__main__":
    unittest.main()
