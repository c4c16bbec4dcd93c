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
    """A crash ping in brief."""

    id: str | None
    minidump: str | None
    channel: str = "nightly"
    process: str = "main"
    version: str = "48.0a1"
    is_v4: bool = False
    """Whether the ping is v4's and not Glean's."""

    @property
    def v4(self) -> dict[str, Any]:
        """The crash as a v4 ping."""
        values = {
            "application/channel": self.channel,
            "payload/processType": self.process,
            "payload/minidumpSha256Hash": self.minidump,
            "environment/build/version": self.version,
        }
        return crash_ping(**values, **({"meta/documentId": self.id} if self.id else {}))

    @property
    def ping(self) -> dict[str, Any]:
        """The ping as JSON."""
        return self.v4 if self.is_v4 else glean_ping(self.v4, self.minidump)

    @property
    def row(self) -> dict[str, Any]:
        """The ping as a row of crash_v1."""
        return glean_row(self.v4, self.minidump)


V4_OF_130 = Crash(None, None, "beta", version="130.0", is_v4=True)


def some_crashes(chance: random.Random, count: int, v4: float = 0) -> list[Crash]:
    """Draw crashes that share ids and minidumps in any way, some of them v4's."""
    return [
        Crash(
            chance.choice([None, *(_ID % number for number in range(4))]),
            chance.choice([None, "a" * 64, "b" * 64, "c" * 64, "odd"]),
            chance.choice(["nightly", "beta"]),
            chance.choice(["main", "content", "gpu"]),
            chance.choice(["48.0a1", "130.0"]),
            is_v4=chance.random() < v4,
        )
        for _ in range(count)
    ]


def winners(crashes: Sequence[Crash]) -> list[NormalizedPing]:
    """Say which crashes count.

    Of each id one copy, of those left of each minidump likewise: a Glean one, the smallest. Of
    pairs without a minidump the Glean pings alone, if there are at least as many.
    """
    judge = PingJudge(Judge(DAY, CHANNEL), PingKind(LayoutName.GLEAN))
    pings = [judge.judge_raw(crash.ping) for crash in crashes]
    left = [ping for ping in pings if isinstance(ping, NormalizedPing)]
    for key in ("id", "minidump"):
        best: dict[Any, NormalizedPing] = {}
        for number, ping in enumerate(left):
            name = getattr(ping, key) or number
            best[name] = min(
                best.get(name, ping), ping, key=lambda one: (not one.is_glean, copy_order(one))
            )
        left = list(best.values())
    pairs: Counter[tuple[bytes | None, bool]] = Counter(
        (ping.pair, ping.is_glean) for ping in left if ping.pair
    )
    return [ping for ping in left if not _is_left_out(ping, pairs)]


def _is_left_out(ping: NormalizedPing, pairs: Counter[tuple[bytes | None, bool]]) -> bool:
    if ping.is_glean or ping.pair is None:
        return False
    return pairs[ping.pair, True] >= pairs[ping.pair, False]


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
        found = [line for line in computed.ledger if line[:2] == ("crash", "outcome")]
        self.assertEqual(sum(line[3] for line in found), len(crashes))
        self.assertIn(("crash", "outcome", "counted", len(counted)), found)
        ledger = found.copy()
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
        self.assertEqual(len(winners(crashes)), 3)

    def test_one_crash_as_both_kinds(self) -> None:
        """A minidump is one key over v4 and Glean pings, and the Glean one counts."""
        crashes = [
            Crash(_ID % 1, "a" * 64, "beta", is_v4=True),
            Crash(_ID % 2, "A" * 64, "nightly"),
            Crash(_ID % 3, "b" * 64, "beta", is_v4=True),
        ]
        write_day(self.pings, {"1": lines([*(one.ping for one in crashes), main_ping()])})
        computed = self.compute(CHANNEL)
        self.assertEqual(
            [line[2:] for line in computed.ledger if line[1] == "outcome"],
            [("counted", 2), ("duplicate", 1), ("counted", 1)],
        )
        by_channel: Counter[str] = Counter()
        for _, text, *stats in computed.aggregates:
            by_channel[text] += stats[_MAIN_CRASHES]
        self.assertEqual(by_channel, {'{"channel":"nightly"}': 1, '{"channel":"beta"}': 1})

    def test_both_kinds_without_minidump(self) -> None:
        """v4 pings without a hash are left out where the day has as many Glean ones of a build."""
        glean, v4 = Crash(None, None, version="130.0"), V4_OF_130
        for count, left_out in ((2, 0), (3, 3)):
            crashes = [*[glean] * count, *[v4] * 3]
            with self.subTest(glean=count):
                files = {"1": json_lines(one.ping for one in crashes)}
                self.assert_counts(f"glean-{count}", files, crashes)
                self.assertEqual(len(crashes) - len(winners(crashes)), left_out)

    def test_one_glean_ping_among_many(self) -> None:
        """One Glean ping among 1,000 v4 ones leaves none of them out."""
        glean, v4 = Crash(None, None, version="130.0"), V4_OF_130
        crashes = [glean, *[v4] * 1000]
        write_day(self.pings, {"1": json_lines(one.ping for one in crashes)})
        self.assertIn(("crash", "outcome", "counted", 1001), self.compute(CHANNEL).ledger)

    def test_pairs_of_one_build_and_process(self) -> None:
        """Glean pings of another process, version or of Android's Firefox leave none out."""
        v4 = V4_OF_130
        others = [Crash(None, None, process="content", version="130.0"), Crash(None, None)]
        crashes = [v4, *others]
        self.assertEqual(len(winners(crashes)), 3)
        self.assert_counts("others", {"1": json_lines(one.ping for one in crashes)}, crashes)

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
            with_v4 = some_crashes(chance, 40, v4=0.5)
            parts = 1 + chance.randrange(5)
            for again in range(2):
                chance.shuffle(crashes)
                files = {f"{part}.json.gz": json_lines(crash.ping for crash in crashes[part::parts])
                         for part in range(1, parts)}  # fmt: skip
                files["crash_v1.parquet"] = glean_parquet([c.row for c in crashes[0::parts]])
                with self.subTest(seed=seed, again=again):
                    self.assert_counts(f"{seed}-{again}", files, crashes)
            # Those of v4 lie in no file of crash_v1.
            files = {f"{part}.json.gz": json_lines(crash.ping for crash in with_v4[part::parts])
                     for part in range(parts)}  # fmt: skip
            with self.subTest(seed=seed, both=True):
                self.assert_counts(f"both-{seed}", files, with_v4)
