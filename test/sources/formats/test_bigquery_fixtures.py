"""Mozilla's own fixtures of an aggregation over main_v5 and crash_v4, and what it expects.

bigquery-etl's `error_aggregates_v1` has no activity date and no ids, so the test completes its
input rows with them, and puts right the quotes of the main rows, which are no JSON.
"""

from __future__ import annotations

import json
import unittest
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.outcomes import DocType, Outcome
from test.real_pings import needs_real_pings, real_folder
from test.sources.judged import judged_rows, summed
from test.sources.mirrors.bigquery import CRASH_SCHEMA, MAIN_SCHEMA, parquet
from test.sources.mirrors.glean import json_lines

DAY = date(2000, 1, 1)
ID = "0a1b2c3d-4e5f-4000-8000-%012x"
PREFIX = "error_aggregates_v1_test_aggregation_"
MAIN, CRASH = "telemetry_stable.main_v5", "telemetry_stable.crash_v4"
COLUMNS = {
    "main_crashes": "main_crashes",
    "content_shutdown_crashes": "content_shutdown_crash_pings",
    "content_crashes": "content_crash_pings",
    "gpu_crashes": "gpu_crashes",
    "plugin_crashes": "plugin_crashes",
    "gmplugin_crashes": "gmplugin_crashes",
}
"""Mozilla's names, and ours for the same counts: content crashes there are of crash pings."""


def fixture(name: str) -> list[Any]:
    """Return the objects of a fixture."""
    text = (real_folder() / "bigquery-etl" / f"{PREFIX}{name}.ndjson").read_text("utf-8")
    repaired = text.replace('\'{"sum"', '"{\\"sum\\"').replace("}'", '}"')
    return [json.loads(line) for line in repaired.splitlines()]


def completed(table: str) -> list[Any]:
    """Return the input rows of a table with an id and the date of the client's day."""
    rows = fixture(table)
    for number, row in enumerate(rows):
        row["document_id"] = ID % number
        if table == MAIN:
            row["payload"]["info"]["subsession_start_date"] = "2000-01-01T00:00:00.0+00:00"
        else:
            row["payload"]["crash_date"] = "2000-01-01"
    return rows


def expected() -> Iterator[Any]:
    """Yield the expected aggregates of Firefox; those of Fennec come from core pings."""
    return (row for row in fixture("expect") if row["application"] == "Firefox")


@needs_real_pings
class FixturesTest(unittest.TestCase):
    def judged(self) -> list[dict[str, Any]]:
        """Return the rows of both tables."""
        files = {f"{table}-0.json": json_lines(completed(table)) for table in (MAIN, CRASH)}
        counts, rows = judged_rows(files, day=DAY)
        self.assertEqual((counts.read, counts.passed), (9, {"main": 4, "crash": 5}))
        return rows

    def test_crash_counts_of_each_group(self) -> None:
        """By channel, the crash counts are those that Mozilla's aggregation expects."""
        ours: dict[str, Counter[str]] = {}
        for row in self.judged():
            channel = json.loads(row["dimensions"])["channel"]
            ours.setdefault(channel, Counter()).update(summed([row], *COLUMNS.values()))
        theirs: dict[str, Counter[str]] = {}
        for row in expected():
            counts = {COLUMNS[name]: row[name] for name in COLUMNS}
            theirs.setdefault(row["channel"], Counter()).update(counts)
        self.assertEqual(ours, theirs)
        self.assertEqual(sum(theirs["release"].values()), 9)
        self.assertEqual(sum(theirs["beta"].values()), 5)

    def test_usage_hours(self) -> None:
        """Usage hours agree too; the caps of 24 and 25 hours are not reached here."""
        seconds = sum(row["usage_seconds"] for row in self.judged())
        self.assertEqual(seconds / 3600, sum(row["usage_hours"] for row in expected()))

    def test_dimensions(self) -> None:
        """Dimensions agree but for two: the system has its name in v4 pings.

        And the build version is the build's `version`, where theirs has the display version too;
        the fixture has "stable" for both.
        """
        texts = {row["dimensions"] for row in self.judged()}
        self.assertEqual(
            texts,
            {
                f'{{"build_version":"stable","build_id":"30190729203625","channel":"{channel}",'
                '"application":"Firefox","os_name":"Windows_NT","os_version":"6.1",'
                '"architecture":"x86","country":"US"}'
                for channel in ("release", "beta")
            },
        )
        self.assertEqual({row["os_name"] for row in expected()}, {"Windows"})

    def test_what_differs(self) -> None:
        """Their count is of all pings, ours of main pings; they group by 5 minutes, we by day.

        They count startup crashes, which we do not.
        """
        rows = self.judged()
        self.assertEqual(sum(row["ping_count"] for row in rows), 4)
        self.assertEqual(sum(row["count"] for row in expected()), 9)
        self.assertEqual(sum(row["startup_crashes"] for row in expected()), 3)
        self.assertEqual(len(list(expected())), 4)
        self.assertEqual(len({(row["activity_date"], row["dimensions"]) for row in rows}), 2)

    def test_without_the_dates(self) -> None:
        """As they are, without a client's day, all rows are ignored for that; the quotes too."""
        files = {table: json_lines(fixture(table)) for table in (MAIN, CRASH)}
        counts, _ = judged_rows(files, day=DAY)
        self.assertEqual(
            counts.ignored,
            {
                (Outcome.BAD_ACTIVITY_DATE, DocType.MAIN): 4,
                (Outcome.BAD_ACTIVITY_DATE, DocType.CRASH): 5,
            },
        )
        stored = (real_folder() / "bigquery-etl" / f"{PREFIX}{MAIN}.ndjson").read_bytes()
        counts, _ = judged_rows({f"{MAIN}.ndjson": stored}, day=DAY)
        self.assertEqual(counts.ignored, {(Outcome.UNREADABLE, DocType.UNKNOWN): 4})

    def test_core_pings_are_no_pings_of_ours(self) -> None:
        """Rows of `telemetry.core`, which measured mobile usage, have no build id to count by."""
        counts, _ = judged_rows({"core": json_lines(fixture("telemetry.core"))}, day=DAY)
        self.assertEqual(counts.ignored, {(Outcome.OTHER_DOC_TYPE, DocType.UNKNOWN): 3})

    def test_as_parquet(self) -> None:
        """The same rows as Parquet give the same."""
        files = {
            f"{MAIN}-0.parquet": parquet(self.stamped(MAIN), MAIN_SCHEMA),
            f"{CRASH}-0.parquet": parquet(self.stamped(CRASH), CRASH_SCHEMA),
        }
        self.assertEqual(judged_rows(files, DIMENSIONS, DAY)[1], self.judged())

    def stamped(self, table: str) -> list[Any]:
        """Return the rows with timestamps that Python reads."""
        rows = completed(table)
        for row in rows:
            row["submission_timestamp"] = row["submission_timestamp"].replace(" UTC", "+00:00")
        return rows


if __name__ == "__main__":
    unittest.main()
