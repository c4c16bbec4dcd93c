"""A day of pings in every format: the same table and the same ledger."""

from __future__ import annotations

import json
import unittest
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.interface import Engine
from crash_rate_aggregates.job import DaySummary
from crash_rate_aggregates.normalize.ping import NormalizedPing
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.sample_pings.world_2016.day_files import pings_of_day
from test.engines.made_days import DAY, day_folder, lines, write_day
from test.job.days_in_postgres import filled, made_job, rows
from test.servers import fresh_database
from test.sources.mirrors.avro import crash_avro, glean_avro, main_avro
from test.sources.mirrors.bigquery import (
    bigquery_lines,
    bigquery_row,
    crash_parquet,
    main_parquet,
)
from test.sources.mirrors.gcp_files import write_gcp_files
from test.sources.mirrors.glean import glean_parquet, glean_ping, glean_row, json_lines
from test.sources.mirrors.glean_pending import as_sent, pending_ping
from test.sources.mirrors.heka import HekaLayout, write_heka
from test.sources.mirrors.json_arrays import json_array
from test.sources.mirrors.mozlz4 import write_profile_archive
from test.sources.mirrors.nested import nested

Ping: TypeAlias = dict[str, Any]
Pings: TypeAlias = Sequence[Ping]
Mirror: TypeAlias = Callable[[Pings], Mapping[str, bytes]]


def sound_pings(number: int) -> Pings:
    """Return those of the sample pings that count, or whose copy does: others differ by format."""
    judge = PingJudge(Judge(DAY, DIMENSIONS))
    texts = pings_of_day(DAY, number, seed=1)
    sound = [text for text in texts if isinstance(judge.judge_json(text), NormalizedPing)]
    return [json.loads(text.decode("utf-8", "replace")) for text in sound]


def _of(doc_type: str, pings: Pings) -> Pings:
    return [ping for ping in pings if ping["meta"]["docType"] == doc_type]


MIRRORS: Mapping[str, Mirror] = {
    "JSON with meta": lambda pings: {"a.gz": lines(pings)},
    "GCP-nested JSON": lambda pings: {"b.gz": lines(map(nested, pings))},
    "gcp-ingestion files": lambda pings: {"c.ndjson": write_gcp_files(pings)},
    "BigQuery JSON": lambda pings: {
        "main_v5-0.json.gz": bigquery_lines(_of("main", pings)),
        "crash_v4-0.json.gz": bigquery_lines(_of("crash", pings)),
    },
    "BigQuery Parquet": lambda pings: {
        "main_v5-0.parquet": main_parquet(_of("main", pings)),
        "crash_v4-0.parquet": crash_parquet(_of("crash", pings)),
    },
    "BigQuery Avro": lambda pings: {
        "main_v5-0.avro": main_avro(_of("main", pings)),
        "crash_v4-0.avro": crash_avro(_of("crash", pings), "deflate"),
    },
    "JSON arrays": lambda pings: {
        "main_v5-0.gz": json_array(map(bigquery_row, _of("main", pings))),
        "crash_v4-0": json_array(map(bigquery_row, _of("crash", pings)), "pretty"),
    },
    "Heka of 2016": lambda pings: {
        "d": write_heka(pings, day=DAY, layout=HekaLayout.GO, packing="snappy")
    },
    "Heka of 2017": lambda pings: {
        "e.gz": write_heka(pings, day=DAY, layout=HekaLayout.HINDSIGHT, packing="plain")
    },
}


class MirroredDayTest(unittest.TestCase):
    pings: Pings

    @classmethod
    def setUpClass(cls) -> None:
        cls.pings = sound_pings(3_000)

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))

    def engine(self) -> Engine | None:
        """Return the engine; None is the embedded one."""
        return None

    def outcome(self, pings: Path) -> tuple[list[Any], Any]:
        """Return table and ledger after a run over a folder."""
        url = fresh_database(self)
        job = made_job(pings, url, self.folder / "scratch", engine=self.engine())
        (summary,) = filled(job, DAY)
        assert isinstance(summary, DaySummary), summary.error
        return rows(url), summary.ledger.lines

    def stored(self, name: str, files: Mapping[str, bytes]) -> tuple[list[Any], Any]:
        """Write files as the day and return table and ledger."""
        return self.outcome(write_day(self.folder / name, files))

    def test_each_format(self) -> None:
        """The day gives the identical table and ledger in each format that carries all fields."""
        expected = self.stored("expected", {"pings": lines(self.pings)})
        self.assertGreater(len(expected[0]), 1_000)
        for name, mirror in MIRRORS.items():
            with self.subTest(name):
                self.assertEqual(self.stored(name, mirror(self.pings)), expected)

    def test_mixed_folder(self) -> None:
        """A day whose pings lie in all formats side by side gives the same table and ledger."""
        expected = self.stored("expected", {"pings": lines(self.pings)})
        folder = self.folder / "mixed"
        for number, mirror in enumerate(MIRRORS.values()):
            part = self.pings[number :: len(MIRRORS)]
            write_day(folder, {f"{number}-{name}": data for name, data in mirror(part).items()})
        # The name of a table stands at the start of a file's name, or is a folder.
        for file in day_folder(folder).glob("*-*_v*"):
            prefix, _, name = file.name.partition("-")
            (file.parent / prefix).mkdir(exist_ok=True)
            file.rename(file.parent / prefix / name)
        self.assertEqual(self.outcome(folder), expected)

    def test_glean(self) -> None:
        """Glean crash pings give the identical table and ledger as JSON and as a table's rows."""
        crashes = _of("crash", self.pings)
        hashes = [f"{number // 2:064x}" if number % 3 else None for number in range(len(crashes))]
        made = [glean_ping(*each) for each in zip(crashes, hashes, strict=True)]
        table_rows = [glean_row(*each) for each in zip(crashes, hashes, strict=True)]
        as_json = self.stored("json", {"a.gz": json_lines(made)})
        self.assertIn("duplicate", {line.name for line in as_json[1]})
        table = day_folder(self.folder / "rows") / "firefox_desktop_stable" / "crash_v1"
        table.mkdir(parents=True)
        (table / "0.json").write_bytes(json_lines(table_rows[::4]))
        (table / "1.parquet").write_bytes(glean_parquet(table_rows[1::4]))
        (table / "2.avro").write_bytes(glean_avro(table_rows[2::4]))
        (table / "3.json").write_bytes(json_array(table_rows[3::4]))
        self.assertEqual(self.outcome(self.folder / "rows"), as_json)

    def test_pending_pings(self) -> None:
        """Glean's pending pings, a file each, give what the same pings as JSON give."""
        made = [glean_ping(ping) for ping in _of("crash", self.pings)]
        expected = self.stored("json", {"a.gz": json_lines(map(as_sent, made))})
        self.assertGreater(len(expected[0]), 10)
        self.assertTrue(all(row[2]["application"] == "Firefox" for row in expected[0]))
        files = {f"{number}": pending_ping(ping) for number, ping in enumerate(made)}
        self.assertEqual(self.stored("pending", files), expected)

    def test_profile_archive(self) -> None:
        """A profile's archive gives what bare pings give: no country, all else equal."""
        bare = [{key: ping[key] for key in ping if key != "meta"} for ping in self.pings]
        unique = list({ping["id"]: ping for ping in bare}.values())
        expected = self.stored("bare", {"pings.gz": lines(unique)})
        self.assertGreater(len(expected[0]), 100)
        self.assertFalse(any("country" in row[2] for row in expected[0]))
        archive = self.folder / "datareporting" / "archived"
        write_profile_archive(archive, unique, DAY)
        self.assertEqual(self.outcome(archive), expected)


if __name__ == "__main__":
    unittest.main()
