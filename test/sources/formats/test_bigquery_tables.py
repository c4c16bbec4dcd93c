"""Which table a path names."""

from __future__ import annotations

import unittest
from dataclasses import replace

from crash_rate_aggregates.applications import ApplicationNames
from crash_rate_aggregates.decode.layouts.kinds import LayoutName
from crash_rate_aggregates.sources.formats.bigquery_tables import Table, named_table

MAIN = Table("main", LayoutName.BIGQUERY)
CRASH = Table("crash", LayoutName.BIGQUERY)
GLEAN = Table("crash", LayoutName.GLEAN)
BASELINE = Table("baseline", LayoutName.GLEAN, "org_mozilla_fenix")


class NamedTableTest(unittest.TestCase):
    def test_tables(self) -> None:
        """A table is named with its version or its dataset, as a whole word of the path."""
        for path, table in {
            "/day/main_v5/part-0.parquet": MAIN,
            "/day/main_v4-000000000000.json.gz": MAIN,
            "main_v5_000000000000.gz": MAIN,
            "gs://bucket/crash_v4/0.json": CRASH,
            "/day/telemetry.crash.json": CRASH,
            "/day/telemetry.main-0.parquet": MAIN,
            "/day/project.telemetry_stable.main_v5-0.parquet": MAIN,
            "/day/telemetry_crash_v4.ndjson": CRASH,
            "/table=main_v6/day/0": MAIN,
            "/day/crash_v1/0.parquet": GLEAN,
            "/day/baseline_v1/0.parquet": Table("baseline", LayoutName.GLEAN),
            "/org_mozilla_fenix.baseline/0": BASELINE,
            "/org_mozilla_fenix_stable/baseline_v1/0": replace(
                BASELINE, application="org_mozilla_fenix"
            ),
            # Clones of main, whose pings are in main too.
            "/day/first_shutdown_v5-0.json": Table("first-shutdown", LayoutName.BIGQUERY),
            "/day/telemetry.saved_session-0.json": Table("saved-session", LayoutName.BIGQUERY),
        }.items():
            self.assertEqual(named_table(path), table, path)

    def test_applications(self) -> None:
        """A dataset names the application of its Glean pings, whoever's it is."""
        names = ApplicationNames()
        for path, application in {
            "/firefox_desktop_stable.crash_v1/0": "Firefox",
            "/firefox_desktop/crash_v1/0": "Firefox",
            "/firefox_crashreporter_live/crash_v1-0.gz": "Firefox",
            "/firefox_desktop.crash/0.gz": "Firefox",
            "/firefox-desktop.crash-0.gz": "Firefox",
            "/telemetry.firefox_crashes-0.gz": "Firefox",
            "/firefox_crashes_000000000000": "Firefox",
            "/thunderbird_desktop_stable.crash_v1/0": "Thunderbird",
            "/org_mozilla_fenix_stable.crash_v1/0": "Firefox for Android",
            "/org-mozilla-firefox.crash-0.gz": "Firefox for Android",
            "/net_thunderbird_android_stable/crash_v1/0": "Thunderbird for Android",
            "/firefox_desktop_background_tasks_stable.crash_v1/0": "Firefox",
            "/my_gecko_stable.crash_v1/0": "my_gecko",
        }.items():
            table = named_table(path)
            assert table is not None, path
            self.assertEqual((table.doc_type, table.layout), ("crash", LayoutName.GLEAN))
            self.assertEqual(names.name_of(str(table.application)), application, path)

    def test_words_that_name_none(self) -> None:
        """Parts of longer words, and words without version and dataset, name no table."""
        for path in (
            "/home/crash/main/0.json",
            "/data/domain_v5/0",
            "/data/main_v5x/0",
            "/data/main_v5_copy/0",
            "/data/first_main_v5/0",
            "/data/main_v/0",
            "/data/main-v5/0",
            "/data/telemetry/main/0",
            "/data/mytelemetry.main/0",
            "/data/telemetry.main_summary/0",
            "/data/telemetry.mainly/0",
            "/data/firefox_desktop/0",
            "/data/firefox_desktop.crash_live/0",
            "",
        ):
            self.assertIsNone(named_table(path), path)

    def test_last_one_counts(self) -> None:
        """Of several tables in a path the last counts, as of several datasets."""
        self.assertEqual(named_table("/main_v5/2016/crash_v4-0.gz"), CRASH)
        self.assertEqual(named_table("/crash_v1/main_v5/0"), MAIN)
        path = "/firefox_desktop/thunderbird_desktop/crash_v1/0"
        self.assertEqual(named_table(path), Table("crash", LayoutName.GLEAN, "thunderbird_desktop"))


if __name__ == "__main__":
    unittest.main()
