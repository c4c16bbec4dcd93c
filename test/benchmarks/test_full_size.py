"""The pings that are measured: as large as real ones, section by section."""

from __future__ import annotations

import json
import unittest
from collections.abc import Iterator
from random import Random
from statistics import median
from typing import Any

from benchmarks.full_size.full_bulk import full_bulk
from benchmarks.sums import DAY
from crash_rate_aggregates.sample_pings.world_2016.day_files import Make, pings_of_day
from test.real_pings import needs_real_pings, real_documents

SMALLEST_WHOLE_PING = 70_000
"""Bytes of a real main ping with all sections, as JSON without blanks."""
SMALLEST_SECTION = 100
HISTOGRAMS = {"histograms", "processes"}
"""Made in smaller number than in the real pings at hand, which are of clients that send more."""


def full_lines() -> list[bytes]:
    """Return pings, odd ones among them."""
    return list(pings_of_day(DAY, 1_500, 1, Make(full_bulk, 2.0)))


class FullSizeTest(unittest.TestCase):
    def test_size_and_mix(self) -> None:
        """Main pings have 30 to 65 KB, crash pings 3 to 6, at about 30 to 1."""
        lines = full_lines()
        main = [len(line) for line in lines if line.startswith(b'{"type":"main"')]
        crash = [len(line) for line in lines if line.startswith(b'{"type":"crash"')]
        self.assertTrue(45_000 < median(main) < 52_000, median(main))
        self.assertLess(max(main), 66_000)
        self.assertTrue(3_000 < median(crash) < 6_000, median(crash))
        self.assertTrue(20 < len(main) / len(crash) < 40, (len(main), len(crash)))

    def test_same_seed_same_bulk(self) -> None:
        """The same seed draws the same; the members are JSON."""
        first, again, other = (full_bulk(Random(seed)) for seed in (3, 3, 4))  # noqa: S311  No secret.
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)
        histograms = json.loads(f"{{{first.measurements}}}")["histograms"]
        self.assertTrue(52 <= len(histograms) < 128, len(histograms))


@needs_real_pings
class RealShapeTest(unittest.TestCase):
    def setUp(self) -> None:
        mains = [ping for line in full_lines()[:200] if (ping := whole_main_ping(line))]
        self.made = list(map(section_sizes, mains))
        self.real = list(map(section_sizes, real_main_pings()))
        self.assertTrue(len(self.made) > 100 and len(self.real) >= 3)

    def test_sections(self) -> None:
        """Each section is as large as a real one, or half as large as the smallest."""
        names = {name for sizes in self.real for name, size in sizes.items()} - HISTOGRAMS
        compared = 0
        for name in sorted(names):
            real = [sizes[name] for sizes in self.real if sizes.get(name, 0) > SMALLEST_SECTION]
            if len(real) >= 3:
                made = median(sizes.get(name, 0) for sizes in self.made)
                with self.subTest(name):
                    self.assertTrue(min(real) / 2 <= made <= max(real), (made, sorted(real)))
                compared += 1
        self.assertGreaterEqual(compared, 9)

    def test_bytes_a_value(self) -> None:
        """A histogram takes as many bytes for each of its values as real ones, give or take 15%."""
        made = bytes_a_value(json.loads(f"{{{full_bulk(Random(3)).measurements}}}"))  # noqa: S311  No secret.
        real = [
            bytes_a_value(ping["payload"])
            for ping in real_main_pings()
            if len(ping["payload"].get("histograms", ())) > 1
        ]
        self.assertTrue(real)
        self.assertAlmostEqual(made / median(real), 1, delta=0.15)


def bytes_a_value(payload: dict[str, Any]) -> float:
    """Return the bytes of the histograms for each key and value in them."""
    histograms = payload["histograms"]
    return len(text_of(histograms)) / values_in(histograms)


def values_in(value: Any) -> int:
    """Count all keys and values."""
    if isinstance(value, dict):
        return 1 + sum(1 + values_in(inner) for inner in value.values())
    return 1 + sum(map(values_in, value)) if isinstance(value, list) else 1


def text_of(value: Any) -> str:
    """Write JSON as clients do, without blanks."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def whole_main_ping(line: bytes) -> dict[str, Any] | None:
    """Return a main ping that has all sections, as the rules want them or not."""
    try:
        ping = json.loads(line)
    except ValueError:
        return None
    is_main = isinstance(ping, dict) and ping.get("type") == "main"
    sections = (ping.get(name) for name in ("payload", "environment")) if is_main else (None,)
    return ping if all(isinstance(section, dict) for section in sections) else None


def real_main_pings() -> Iterator[dict[str, Any]]:
    """Yield those with all sections, one of each client."""
    seen = set()
    for name, line in real_documents():
        ping = whole_main_ping(line) if ".fail." not in name else None
        # Variants of one ping are one.
        if ping and len(text_of(ping)) > SMALLEST_WHOLE_PING and ping["clientId"] not in seen:
            seen.add(ping["clientId"])
            yield ping


def section_sizes(ping: dict[str, Any]) -> dict[str, int]:
    """Return the bytes of each section of payload and environment."""
    return {
        name: len(text_of(section).encode())
        for part in ("payload", "environment")
        for name, section in ping[part].items()
    }
