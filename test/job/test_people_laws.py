"""What holds of a day's tables of processes and people, however its pings lie in files."""

from __future__ import annotations

import gzip
import json
import random
import unittest
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits
from crash_rate_aggregates.normalize.versions import sends_content_crash_pings
from crash_rate_aggregates.rows import (
    BY_EXPERIMENT,
    BY_PROCESS,
    CLIENTS,
    CRASH_AGGREGATES,
    DAY_TABLES,
    DayTable,
)
from crash_rate_aggregates.sample_pings.world_2026.world_of_2026 import World2026
from crash_rate_aggregates.sample_pings.writer import write_sample_pings
from test.engines.made_days import day_folder, day_request
from test.engines.people_contract import Rows, crash_of, main_of, rows_of_day

DAY = date(2026, 3, 14)
_ID = "document_id"


def sample_lines(root: Path) -> list[bytes]:
    """Write a day of today's Firefox and return its pings that have an id of their own."""
    write_sample_pings(
        root, min_submission_date=DAY, max_submission_date=DAY, world=World2026(4_000, seed=3)
    )
    found = []
    for file in sorted(root.rglob("*.gz")):
        for line in gzip.decompress(file.read_bytes()).splitlines():
            try:
                ping = json.loads(line)
            except ValueError:
                continue
            if isinstance(ping, dict) and ping.get(_ID, ping.get("meta", {}).get("documentId")):
                found.append(line)
    return found


class PeopleLawsTest(unittest.TestCase):
    folder: Path
    pings: Sequence[bytes]
    tables: dict[DayTable, Rows]
    crash_pings: int

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.pings = sample_lines(cls.folder / "sample")
        cls.tables = cls.computed("all", [cls.pings])

    @classmethod
    def computed(
        cls, name: str, files: Iterable[Iterable[bytes]], day: date = DAY
    ) -> dict[DayTable, Rows]:
        """Compute a day that lies in files of these lines; each run has another key."""
        root = cls.folder / name
        for number, texts in enumerate(files):
            (day_folder(root, day) / f"{number}.json").write_bytes(b"\n".join(texts))
        engine = EmbeddedEngine(2, cls.folder / "scratch", GroupingLimits("512MB", "1GB", 2))
        return rows_of_day(engine, day_request(root, day=day, tables=DAY_TABLES))

    def test_files_do_not_matter(self) -> None:
        """Shuffled, dealt to other files and each twice, pings give the same tables."""
        self.assertGreater(len(self.tables[CLIENTS]), 100)
        self.assertGreater(len(self.tables[BY_EXPERIMENT]), 10)
        pings = [*self.pings, *self.pings]
        random.Random(5).shuffle(pings)  # noqa: S311  Not for secrets.
        found = self.computed("dealt", [pings[number::5] for number in range(5)])
        for table, rows in self.tables.items():
            self.assertEqual(found[table], rows, table.name)

    def test_copies_of_other_clients(self) -> None:
        """Copies that differ in their client alone give one day, whatever the run's key."""
        copies = [
            json.dumps(main_of(client, **{"meta/documentId": f"copy-{number}"})).encode()
            for number in range(20)
            for client in (1 + number, 101 + number)
        ]
        rest = [json.dumps(crash_of(client)).encode() for client in range(1, 21)]
        day = date(2016, 3, 14)
        first = self.computed("copies", [copies, rest], day)
        second = self.computed("turned", [rest, copies[::-1]], day)
        self.assertEqual(first, second)
        ((active, crashed),) = {
            (row["active_clients"], row["crashed_clients"])
            for row in first[CLIENTS]
            if row["level"] == "channel" and row["kind"] == "main"
        }
        self.assertEqual((active, crashed), (20, 20))

    def test_processes_add_up(self) -> None:
        """Crashes of crash pings by process are those that the aggregates count."""
        pings = [row for row in self.tables[BY_PROCESS] if row["source"] == "crash ping"]
        aggregates = self.tables[CRASH_AGGREGATES]
        sums = Counter[str]()
        for row in aggregates:
            for name, value in row.items():
                if isinstance(value, int):
                    sums[name] += value
        by_process = Counter[str]()
        for row in pings:
            killed = " killed" if row["crash_class"] == "shutdown kill" else ""
            named = row["process"] if row["process"] in ("main", "content") else "other"
            by_process[named + killed] += row["crashes"]
        self.assertEqual(by_process["main"], sums["main_crashes"])
        self.assertEqual(by_process["content"], sums["content_crash_pings"])
        self.assertEqual(by_process["content killed"], sums["content_shutdown_crash_pings"])
        self.assertEqual(
            by_process["other"] + by_process["other killed"], sums["other_process_crash_pings"]
        )
        self.assertEqual(sum(row["sent_twice"] for row in pings), sums["main_crashes_sent_twice"])
        self.assertGreater(min(by_process["main"], by_process["content"], by_process["other"]), 1)

    def test_content_crashes(self) -> None:
        """Of versions from 58 on, content crashes by process are those not at shutdown."""
        by_process = Counter[Any]()
        for row in self.tables[BY_PROCESS]:
            is_crash = row["source"] == "crash ping" and row["crash_class"] != "shutdown kill"
            if is_crash and row["process"] == "content":
                by_process[row["application"], row["build_version"]] += row["crashes"]
        stats = Counter[Any]()
        for row in self.tables[CRASH_AGGREGATES]:
            named = json.loads(row["dimensions"])
            version = named.get("build_version")
            if sends_content_crash_pings(version, named.get("build_id", "")):
                stats[named["application"], version] += row["content_crashes_not_at_shutdown"]
        self.assertGreater(len(+stats), 3)
        self.assertEqual(+by_process, +stats)

    def test_levels(self) -> None:
        """A channel has no more people than all its parts together, at each finer level."""
        sums: dict[str, Counter[Any]] = {}
        for row in self.tables[CLIENTS]:
            for name in ("active_clients", "crashed_clients"):
                key = (row["application"], row["channel"], row["kind"], name)
                sums.setdefault(row["level"], Counter())[key] += row[name]
        for coarse, fine in (
            ("channel", "label"),
            ("channel", "os"),
            ("os", "os_version"),
            ("channel", "country"),
        ):
            self.assertEqual(sums[coarse].keys(), sums[fine].keys())
            self.assertEqual(sums[coarse] - sums[fine], Counter(), (coarse, fine))

    def test_counts_of_people(self) -> None:
        """In each row buckets add up to all, and the top are a part of it."""
        for row in self.tables[CLIENTS]:
            people = sum(value for name, value in row.items() if name.startswith("clients_"))
            crashes = sum(value for name, value in row.items() if name.startswith("crashes_"))
            self.assertEqual((people, crashes), (row["crashed_clients"], row["crashes"]))
            self.assertEqual(row["top_clients"], -(-row["crashed_clients"] // 1000))
            self.assertLessEqual(row["top_crashes"], row["crashes"])
            self.assertLessEqual(row["crashes"], row["squares"])
            self.assertLessEqual(row["squares"], row["crashes"] ** 2)


if __name__ == "__main__":
    unittest.main()
