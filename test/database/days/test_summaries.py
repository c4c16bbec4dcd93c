from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.summaries import summarize_stored_days
from crash_rate_aggregates.errors import EngineError
from crash_rate_aggregates.rows import CRASH_AGGREGATES
from crash_rate_aggregates.stats import STAT_NAMES
from test.database.sample_days import (
    BETA,
    NIGHTLY,
    SUBMISSION_DATE,
    DatabaseTestCase,
    Row,
    batch,
    day,
)
from test.property_tests import examples

APPLICATIONS = ("Firefox", "Fennec", "Thunderbird")
CHANNELS = ("release", "beta", "aurora", "nightly", "esr")
KEYS = {
    "crash_aggregates_by_channel": ("activity_date", "application", "channel"),
    "crash_aggregates_by_build": (
        "activity_date",
        "application",
        "channel",
        "build_version",
        "build_id",
        "build_age",
    ),
    "crash_aggregates_by_system": ("application", "channel", "os_name", "os_version"),
    "crash_aggregates_by_country": ("application", "channel", "country", "architecture"),
    "crash_aggregates_by_stratum": (
        "activity_date",
        "application",
        "channel",
        "build_version",
        "build_id",
        "os_name",
        "architecture",
        "country",
    ),
}
OLD_BUILD = "20140101000000"
BUILD = "20160310030201"
VALUES = {
    "application": (*APPLICATIONS, "firefox", ""),
    "channel": (*CHANNELS, "default", "esr-cck-x", ""),
    "build_version": ("45.0", "48.0a1", "\\N \t '"),
    "build_id": (BUILD, "20160310999999", "20160401000000", OLD_BUILD, "20160230000000"),
    "os_name": ("Windows_NT", "Linux", "Lin\nux"),
    "os_version": ("6.1", "6.1.7601", "4.4.0-21-generic", "unknown"),
    "country": ("DE", "??", "\U0001f98a" * 200),
    "architecture": ("x86", "x86-64", "y" * 200),
    "locale": ("de", "fr"),
}
ROWS = st.lists(
    st.builds(
        Row,
        st.fixed_dictionaries(
            {}, optional={name: st.sampled_from(values) for name, values in VALUES.items()}
        ),
        st.dictionaries(st.sampled_from(STAT_NAMES), st.integers(0, 2**40), max_size=4),
        st.sampled_from([SUBMISSION_DATE - timedelta(late) for late in range(8)]),
    ),
    max_size=12,
    unique_by=lambda row: (row.activity_date, tuple(sorted(row.dimensions.items()))),
)


def folded(row):
    """Return the keys of a row as the summaries know them, computed another way."""
    keys = {"application": "unknown", **row.dimensions}
    if "channel" in keys and keys["channel"] not in CHANNELS:
        keys["channel"] = "other"
    if "os_version" in keys:
        number = re.match(r"[0-9]+(\.[0-9]+)?", keys["os_version"])
        keys["os_version"] = number[0] if number else "other"
    try:
        built = datetime.strptime(keys.pop("build_id", "")[:8], "%Y%m%d").date()  # noqa: DTZ007
        age = (row.activity_date - built).days
    except ValueError:
        age = -1
    recent = {"build_id": row.dimensions["build_id"], "build_age": age} if 0 <= age < 84 else {}
    return {**keys, **recent, "activity_date": row.activity_date}


def expected(table, rows):
    """Sum the rows by the keys of a summary."""
    sums: dict[tuple[Any, ...], Counter[str]] = {}
    for row in rows:
        keys = folded(row)
        if table == "crash_aggregates_by_stratum" and "build_id" in {*row.dimensions} - {*keys}:
            keys.pop("build_version", None)  # Old builds are one, whatever their version.
        key = tuple(keys.get(name) for name in KEYS[table])
        sums.setdefault(key, Counter()).update({"aggregates": 1, **row.stats})
    return {
        (*key, *(one[name] for name in ("aggregates", *STAT_NAMES))) for key, one in sums.items()
    }


class SummariesTest(DatabaseTestCase):
    def summary(self, table, submission_date=SUBMISSION_DATE):
        columns = ", ".join((*KEYS[table], "aggregates", *STAT_NAMES))
        return self.rows(
            f"SELECT {columns} FROM {table} WHERE submission_date = %s", submission_date
        )

    def assert_summarized(self, rows, submission_date=SUBMISSION_DATE):
        for table in CRASH_AGGREGATES.summaries:
            found = self.summary(table, submission_date)
            self.assertEqual(set(found), expected(table, rows), table)
            self.assertEqual(len(found), len(set(found)), table)

    @examples(0.25)
    @given(ROWS)
    def test_sums(self, rows):
        """Each summary holds the sums of the day's rows, to the last one, whatever the values."""
        replace_day(self.connection, day(*rows))
        self.assert_summarized(rows)

    def test_countries_of_strata(self):
        """Strata name the 12 countries with most hours of each application; the rest is other."""
        rows = [
            Row(
                {"application": "Firefox", "country": f"C{number:02}"},
                {"usage_seconds": 100 - number, "main_crashes": 1},
            )
            for number in range(15)
        ]
        few = Row({"application": "Fennec", "country": "C14"}, {"main_crashes": 1})
        replace_day(self.connection, day(*rows, few, Row({"application": "Firefox"})))
        found = self.rows(
            "SELECT application, country, main_crashes FROM crash_aggregates_by_stratum "
            "ORDER BY 1 DESC, 2"
        )
        named = [("Firefox", f"C{number:02}", 1) for number in range(12)]
        self.assertEqual(
            found, [*named, ("Firefox", "other", 3), ("Firefox", None, 0), ("Fennec", "C14", 1)]
        )

    def test_fewer_dimensions(self):
        """A run without the dimensions of dashboards has summaries all the same.

        Keys are NULL, but the application is unknown, which a menu can offer.
        """
        rows = [Row({}, {"main_crashes": 2}), Row({"locale": "de"}, {"main_crashes": 3})]
        replace_day(self.connection, day(*rows))
        self.assertEqual(
            self.rows(
                "SELECT application, channel, country, architecture, aggregates, main_crashes "
                "FROM crash_aggregates_by_country"
            ),
            [("unknown", None, None, None, 2, 5)],
        )
        self.assert_summarized(rows)

    def test_replaced_with_the_day(self):
        """Only the summaries of the replaced day change; an empty day has none."""
        other = date(2016, 3, 15)
        replace_day(self.connection, day(NIGHTLY, BETA))
        replace_day(self.connection, day(NIGHTLY, submission_date=other))
        replace_day(self.connection, day(BETA))
        self.assert_summarized([BETA])
        self.assert_summarized([NIGHTLY], other)
        replace_day(self.connection, day(batches=[]))
        self.assert_summarized([])
        self.assert_summarized([NIGHTLY], other)

    def test_failed_run(self):
        """A run that fails changes no summary."""

        def batches():
            yield batch([BETA])
            raise EngineError("a worker died")

        replace_day(self.connection, day(NIGHTLY))
        with self.assertRaises(EngineError):
            replace_day(self.connection, day(BETA, batches=batches()))
        self.assert_summarized([NIGHTLY])

    def test_hours(self):
        """Usage hours stand beside usage seconds, as in the table."""
        replace_day(self.connection, day(NIGHTLY))
        for table in (*CRASH_AGGREGATES.summaries, "crash_aggregates_run_totals"):
            self.assertEqual(self.rows(f"SELECT usage_hours FROM {table}"), [(2.0,)], table)

    def test_words(self):
        """The views beside the summaries say M, C-S and M+C-S."""
        stats = {
            "main_crashes": 7,
            "main_crashes_sent_twice": 3,
            "content_crashes": 5,
            "content_shutdown_crashes": 2,
            "content_crashes_not_at_shutdown": 3,
        }
        replace_day(self.connection, day(Row({"channel": "beta"}, stats)))
        for name in ("channel", "build", "system", "country"):
            self.assertEqual(
                self.rows(
                    "SELECT main, content_crashes, content_crashes_not_at_shutdown, "
                    f"main_and_content_minus_shutdown FROM crash_counts_by_{name}"
                ),
                [(5.5, 5, 3, 8.5)],
                name,
            )


class DaysToSumUpTest(DatabaseTestCase):
    """Days that an older version stored and did not sum up."""

    def setUp(self):
        super().setUp()
        for number, crashes in ((14, 1), (14, 2), (15, 5)):
            stored = Row({"channel": "nightly"}, {"usage_seconds": 3600, "main_crashes": crashes})
            replace_day(self.connection, day(stored, submission_date=date(2016, 3, number)))
        for table in (*CRASH_AGGREGATES.summaries, "crash_aggregates_run_totals"):
            self.connection.execute(f"TRUNCATE {table}")

    def test_stored_days_are_summarized(self):
        """Days that are stored get their summaries and totals once, the last day first."""
        self.assertEqual(
            summarize_stored_days(self.connection), [date(2016, 3, 15), date(2016, 3, 14)]
        )
        self.assertEqual(summarize_stored_days(self.connection), [])
        self.assertEqual(
            self.rows(
                "SELECT submission_date, channel, main_crashes FROM crash_aggregates_by_channel "
                "ORDER BY 1"
            ),
            [(date(2016, 3, 14), "nightly", 2), (date(2016, 3, 15), "nightly", 5)],
        )
        self.assertEqual(
            self.rows("SELECT run_id, main_crashes FROM crash_aggregates_run_totals ORDER BY 1"),
            [(2, 2), (3, 5)],
        )

    def test_days_stored_anew_are_left(self):
        """A day that was stored anew since has its summaries from that run."""
        replace_day(self.connection, day(BETA))
        self.assertEqual(summarize_stored_days(self.connection), [date(2016, 3, 15)])
        self.assertEqual(
            self.rows(
                "SELECT channel FROM crash_aggregates_by_channel WHERE submission_date = %s",
                SUBMISSION_DATE,
            ),
            [("beta",)],
        )
