"""How BigQuery's tables spell names, and the texts of their histograms."""

from __future__ import annotations

import unittest
from typing import Any

from crash_rate_aggregates.decode.layouts.bigquery import snake_case
from crash_rate_aggregates.decode.layouts.bigquery_histograms import histograms_by_key
from crash_rate_aggregates.decode.layouts.places import utc_date
from crash_rate_aggregates.normalize.crashes.histograms import child_crashes
from crash_rate_aggregates.normalize.values import IntegerLiteral


class SnakeCaseTest(unittest.TestCase):
    def test_names(self) -> None:
        """Names of columns in main_v5 and crash_v4 come from those of the pings."""
        for key, column in {
            "buildId": "build_id",
            "e10sEnabled": "e10s_enabled",
            "e10sCohort": "e10s_cohort",
            "activeExperiment": "active_experiment",
            "D2DEnabled": "d2d_enabled",
            "DWriteEnabled": "d_write_enabled",
            "isWow64": "is_wow64",
            "xpcomAbi": "xpcom_abi",
            "SUBPROCESS_CRASHES_WITH_DUMP": "subprocess_crashes_with_dump",
            "ipc_channel_error": "ipc_channel_error",
            "StartupCrash": "startup_crash",
            "memoryMB": "memory_mb",
            "a7aAa": "a7a_aa",
            "A7AAa": "a7a_aa",
            "_a__a_": "a_a",
            "a.b-c": "a_b_c",
            "RAM": "ram",
            "": "",
        }.items():
            self.assertEqual(snake_case(key), column)


class HistogramTest(unittest.TestCase):
    def crashes(self, text: Any) -> tuple[int, bool]:
        """Return the gpu crashes of a histogram's text, and whether it is bad."""
        found = child_crashes(None, histograms_by_key([{"key": "gpu", "value": text}]), None)
        return found.counts.get("gpu_crashes", 0), found.is_bad

    def test_texts(self) -> None:
        """A count, a boolean, the compact form and JSON all give the count of bucket 0, or sum."""
        for text, count in {
            "5": 5,
            "0": 0,
            "2147483647": 2**31 - 1,
            "0,5": 0,
            "7,5": 7,
            "3;4;2;1,2;0:2,1:0": 2,
            "3;2;5;1,2;0:0,1:5,2:0": 0,
            "3;4;6;1,2;": 6,
            "3;4;6;1,2;1:3": 6,
            '{"sum": 2}': 2,
            '{"sum": 9, "values": {"0": 2, "1": 0}}': 2,
            '{"range":[1,2],"values":{},"sum":4}': 4,
            ' {"sum": 2} ': 2,
            "{}": 0,
        }.items():
            self.assertEqual(self.crashes(text), (count, False), text)

    def test_bad_texts(self) -> None:
        """What is no histogram, or counts out of bounds, is bad."""
        text: Any
        for text in (
            "", " 5", "05", "+5", "5.0", "1e3", "\u0665", "-1", "2147483648", "1,2,3", "5;", "x",
            "3;4;2;1,2", "3;4;2;1,2;0:x", "3;4;-2;1,2;", "3;4;2;1,2;0:2,", '{"sum": "2"}', "{",
            "[]", "[5]", "\ud800", 5, True, [], IntegerLiteral("5"),
        ):  # fmt: skip
            self.assertEqual(self.crashes(text), (0, True), text)

    def test_no_text(self) -> None:
        """A null histogram is none, `null` as a text too; an object counts as in v4 pings."""
        self.assertEqual(self.crashes(None), (0, False))
        self.assertEqual(self.crashes("null"), (0, False))
        self.assertEqual(self.crashes({"sum": IntegerLiteral("3")}), (3, False))

    def test_entries(self) -> None:
        """Of equal keys the last counts; a list with an entry of another shape is bad whole."""
        entries: Any
        five, six = {"key": "gpu", "value": "5"}, {"key": "gpu", "value": "6"}
        self.assertEqual(
            child_crashes(None, histograms_by_key([five, six]), None).counts["gpu_crashes"], 6
        )
        self.assertEqual(histograms_by_key([]), {})
        for entries in (["gpu"], [five, None], [five, {"value": "5"}], [{"key": 5}], "5", {}):
            found = child_crashes(None, histograms_by_key(entries), None)
            self.assertEqual(
                (found.counts.get("gpu_crashes", 0), found.is_bad), (0, entries != {}), entries
            )


class UtcDateTest(unittest.TestCase):
    def test_timestamps(self) -> None:
        """Timestamps in UTC give their date, as exports, ingestion and Arrow write them."""
        for text in (
            "2019-08-31T04:05:06.789Z",
            "2019-08-31T04:05:06.789012Z",
            "2019-08-31 04:05:06.789012 UTC",
            "2019-08-31 04:05:06 UTC",
            "2019-08-31 04:05:06+00:00",
            "2019-08-31T04:05Z",
            "2019-08-31 04:05:06",
        ):
            self.assertEqual(utc_date(text), "2019-08-31", text)

    def test_others_stand(self) -> None:
        """Other zones and other texts stay as they are, and so become bad submission dates."""
        value: Any
        for value in ("2019-08-31T04:05:06+02:00", "2019-08-31T04", "x", "", 5, None, {}):
            self.assertEqual(utc_date(value), value)


if __name__ == "__main__":
    unittest.main()
