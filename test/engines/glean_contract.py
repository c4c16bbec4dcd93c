"""What every engine must do with Glean crash pings, whose copies two keys tell."""

from __future__ import annotations

import random
import unittest
from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.decode.layouts.kinds import LayoutName, PingKind
from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.normalize.ping import NormalizedPing, copy_order
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.stats import STAT_NAMES
from test.engines.made_days import DAY, crash_ping, lines, main_ping, write_day
from test.sources.mirrors.glean import glean_parquet, glean_ping, glean_row, json_lines

CHANNEL = (Dimension("channel", ("application", "channel")),)
_ID = "0a1b2c3d-0000-4000-8000-00000000000%x"
_MAIN_CRASHES = STAT_NAMES.index("main_crashes")
_SENT_TWICE = STAT_NAMES.index("main_crashes_sent_twice")


class Crash(NamedTuple):
    """A Glean crash ping in brief."""

    id: str | None
    minidump: str | None
    channel: str = "nightly"
    process: str = "main"

    @property
    def v4(self) -> dict[str, Any]:
        """The crash as a v4 ping."""
        values = {"application/channel": self.channel, "payload/processType": self.process}
        return crash_ping(**values, **({"meta/documentId": self.id} if self.id else {}))

    @property
    def ping(self) -> dict[str, Any]:
        """The ping as JSON."""
        return glean_ping(self.v4, self.minidump)

    @property
    def row(self) -> dict[str, Any]:
        """The ping as a row of crash_v1."""
        return glean_row(self.v4, self.minidump)


def some_crashes(chance: random.Random, count: int) -> list[Crash]:
    """Draw crashes that share ids and minidumps in any way."""
    return [
        Crash(
            chance.choice([None, *(_ID % number for number in range(4))]),
            chance.choice([None, "a" * 64, "b" * 64, "c" * 64, "odd"]),
            chance.choice(["nightly", "beta"]),
            chance.choice(["main", "content", "gpu"]),
        )
        for _ in range(count)
    ]


def winners(crashes: Sequence[Crash]) -> list[NormalizedPing]:
    """Say which crashes count: of each id the smallest copy, of those of each minidump likewise."""
    judge = PingJudge(Judge(DAY, CHANNEL), PingKind(LayoutName.GLEAN))
    pings = [judge.judge_raw(crash.ping) for crash in crashes]
    left = [ping for ping in pings if isinstance(ping, NormalizedPing)]
    for key in ("id", "minidump"):
        best: dict[Any, NormalizedPing] = {}
        for number, ping in enumerate(left):
            name = getattr(ping, key) or number
            best[name] = min(best.get(name, ping), ping, key=copy_order)
        left = list(best.values())
    return left


def summed(pings: Sequence[NormalizedPing]) -> list[tuple[Any, ...]]:
    """Return the aggregates of pings that count."""
    sums: dict[tuple[Any, ...], list[int]] = {}
    for ping in pings:
        total = sums.setdefault((ping.activity_date, ping.dimensions), [0] * len(ping.stats))
        total[:] = map(sum, zip(total, ping.stats, strict=True))
    return sorted((*group, *total) for group, total in sums.items())


class GleanContract(unittest.TestCase):
    """A part of `contract.EngineContract`."""

    folder: Path
    pings: Path

    @abstractmethod
    def compute(self, dimensions: Sequence[Dimension] = ..., *, jobs: int = ...,
                pings: Path | None = ...) -> Any:  # fmt: skip
        """Compute a day."""

    def assert_counts(self, name: str, files: dict[str, bytes], crashes: Sequence[Crash]) -> None:
        """Hold aggregates and ledger of a day against what the rules say of its crashes."""
        computed = self.compute(CHANNEL, pings=write_day(self.folder / name, files))
        counted = winners(crashes)
        self.assertEqual(computed.aggregates, summed(counted))
        processes = Counter(ping.process_type for ping in counted)
        ledger = [("crash", "outcome", "counted", len(counted))]
        if len(crashes) > len(counted):
            ledger.append(("crash", "outcome", "duplicate", len(crashes) - len(counted)))
        ledger += [
            ("crash", "process_type", str(process), pings)
            for process, pings in sorted(processes.items(), key=str)
        ]
        self.assertEqual(computed.ledger, ledger)

    def test_one_crash_under_two_ids(self) -> None:
        """Pings with one minidump are one crash, with whatever ids, in whatever files."""
        crashes = [Crash(_ID % number, "a" * 64) for number in range(3)]
        crashes += [Crash(None, "A" * 64), Crash(_ID % 9, "b" * 64)]
        write_day(
            self.pings,
            {
                "1": json_lines(crash.ping for crash in crashes[:2]),
                "2.gz": json_lines(crash.ping for crash in crashes[2:4]),
                "crash_v1-3.parquet": glean_parquet([crashes[4].row]),
            },
        )
        computed = self.compute(CHANNEL)
        ((day, text, *stats),) = computed.aggregates
        self.assertEqual((day, text), (date(2016, 3, 14), '{"channel":"nightly"}'))
        self.assertEqual((stats[_MAIN_CRASHES], stats[_SENT_TWICE], sum(stats)), (2, 0, 2))
        self.assertEqual(
            computed.ledger,
            [
                ("crash", "outcome", "counted", 2),
                ("crash", "outcome", "duplicate", 3),
                ("crash", "process_type", "main", 2),
            ],
        )

    def test_no_minidump_is_no_key(self) -> None:
        """Crashes without a minidump, or with an empty one, are each counted, as sent twice."""
        empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        crashes = [Crash(None, None), Crash(_ID % 1, None), Crash(_ID % 2, empty)]
        self.assert_counts("none", {"1": json_lines(crash.ping for crash in crashes)}, crashes)
        ((*_, twice),) = summed(winners(crashes))
        self.assertEqual(twice, 3)

    def test_v4_pings_have_one_key(self) -> None:
        """A minidump that v4 pings name is no key of theirs, nor of Glean pings beside them."""
        v4 = [crash_ping(**{"payload/minidumpSha256Hash": "a" * 64})] * 2
        glean = [Crash(None, "a" * 64).ping]
        write_day(self.pings, {"1": lines([*v4, *glean, main_ping()])})
        self.assertEqual(
            [line[2:] for line in self.compute().ledger if line[1] == "outcome"],
            [("counted", 3), ("counted", 1)],
        )

    def test_id_first_then_minidump(self) -> None:
        """A ping that lost to a copy with its id makes no other with its minidump a duplicate."""
        first = Crash(_ID % 1, "a" * 64)
        copy = Crash(_ID % 1, "b" * 64, "beta")
        other = Crash(_ID % 2, "b" * 64, "release")
        self.assert_counts(
            "chain",
            {f"{n}": json_lines([crash.ping]) for n, crash in enumerate([other, copy, first])},
            [first, copy, other],
        )

    def test_any_order_any_files(self) -> None:
        """However crashes that share ids and minidumps lie in files, the same ones count."""
        for seed in range(3):
            chance = random.Random(seed)  # noqa: S311  Not for secrets.
            crashes = some_crashes(chance, 40)
            parts = 1 + chance.randrange(5)
            for again in range(2):
                chance.shuffle(crashes)
                files = {f"{part}.json.gz": json_lines(crash.ping for crash in crashes[part::parts])
                         for part in range(1, parts)}  # fmt: skip
                files["crash_v1.parquet"] = glean_parquet([c.row for c in crashes[0::parts]])
                with self.subTest(seed=seed, again=again):
                    self.assert_counts(f"{seed}-{again}", files, crashes)
