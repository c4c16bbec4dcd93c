from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pyarrow as pa
from psycopg.rows import dict_row

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.runs import RecordedRun
from crash_rate_aggregates.dimensions import MAX_LENGTH, Dimension
from crash_rate_aggregates.errors import DatabaseError, LedgerImbalanceError
from crash_rate_aggregates.ledger import LedgerLine
from crash_rate_aggregates.normalize.dimension_values import DimensionTexts
from crash_rate_aggregates.rows import BY_PROCESS, CRASH_AGGREGATES
from crash_rate_aggregates.stats import CRASH_PING_STATS, STAT_NAMES
from test.database.sample_days import (
    BETA,
    NIGHTLY,
    SUBMISSION_DATE,
    DatabaseTestCase,
    Row,
    batch,
    day,
)


class ReplaceDayTest(DatabaseTestCase):
    def test_every_column(self):
        """Each stat lands in the column of its name, and hours come from seconds."""
        stats = {name: number for number, name in enumerate(STAT_NAMES, 101)}
        replace_day(self.connection, day(Row({"channel": "nightly"}, stats)))
        cursor = self.connection.cursor(row_factory=dict_row)
        self.assertEqual(
            cursor.execute("SELECT * FROM crash_aggregates").fetchone(),
            {
                "submission_date": date(2016, 3, 14),
                "activity_date": date(2016, 3, 13),
                "dimensions": {"channel": "nightly"},
                "usage_hours": 102 / 3600,
                "active_hours": stats["active_seconds"] / 3600,
                **stats,
            },
        )

    def test_twice_is_once(self):
        """Storing the same day again leaves the same rows, and records a second run."""
        first = replace_day(self.connection, day(NIGHTLY, BETA))
        rows = self.stored()
        second = replace_day(self.connection, day(BETA, NIGHTLY))
        self.assertEqual((first.run_id, first.aggregates), (1, 2))
        self.assertEqual((second.run_id, second.aggregates), (2, 2))
        self.assertEqual(len(rows), 2)
        self.assertEqual(self.stored(), rows)

    def test_other_days_stay(self):
        """Only the submission date is replaced, not its neighbours in the same partition."""
        for number in (13, 14, 15):
            replace_day(self.connection, day(NIGHTLY, submission_date=date(2016, 3, number)))
        replace_day(self.connection, day(BETA))
        self.assertEqual(
            self.rows(
                "SELECT submission_date::text, dimensions ->> 'channel' FROM crash_aggregates "
                "ORDER BY 1"
            ),
            [("2016-03-13", "nightly"), ("2016-03-14", "beta"), ("2016-03-15", "nightly")],
        )

    def test_run_is_recorded(self):
        """The run, its dimensions, ledger and damaged files are stored with the day."""
        lines = (
            LedgerLine("crash", "outcome", "counted", 1),
            LedgerLine("crash", "process_type", "main", 1),
            LedgerLine("main", "adjustment", "usage_capped", 2),
            LedgerLine("main", "outcome", "bad_build_id", 4),
            LedgerLine("main", "outcome", "counted", 3),
        )
        damaged = [("b.gz", "cut off"), ("/pings/a\udcff\0.gz", "no gzip")]
        stored = day(NIGHTLY, ledger=lines, damaged_files=damaged)
        run = replace_day(self.connection, stored)
        run_id = run.run_id
        ((finished_at,),) = self.rows("SELECT finished_at FROM crash_aggregates_current_runs")
        self.assertEqual(run, RecordedRun(run_id, SUBMISSION_DATE, stored.facts, finished_at, 1))
        self.assertEqual(
            self.rows(
                "SELECT run_id, submission_date, started_at, program_version, engine, "
                "pings_source, pings_read, bytes_read, files_read, aggregates, seconds, "
                "dimensions -> 0, jsonb_array_length(dimensions), stats, finished_at > started_at "
                "FROM crash_aggregates_current_runs"
            ),
            [
                (
                    run_id,
                    SUBMISSION_DATE,
                    datetime(2016, 3, 15, 4, 0, tzinfo=UTC),
                    "0.1.0",
                    "embedded",
                    "/pings",
                    8,
                    4096,
                    2,
                    1,
                    12.5,
                    {"name": "build_version", "path": ["environment", "build", "version"]},
                    12,
                    list(STAT_NAMES),
                    True,
                )
            ],
        )
        self.assertEqual(
            self.rows(
                "SELECT doc_type, kind, name, pings FROM crash_aggregates_ledger "
                "WHERE run_id = %s ORDER BY 1, 2, 3",
                run_id,
            ),
            [(line.doc_type, line.kind, line.name, line.pings) for line in lines],
        )
        self.assertEqual(
            self.rows("SELECT file, reason FROM crash_aggregates_damaged_files ORDER BY 1"),
            [("/pings/a\ufffd\ufffd.gz", "no gzip"), ("b.gz", "cut off")],
        )

    def test_empty_day(self):
        """A day without aggregates empties the submission date and is recorded."""
        replace_day(self.connection, day(NIGHTLY))
        for batches in ([], [batch([])]):
            with self.subTest(batches=len(batches)):
                stored = replace_day(self.connection, day(batches=batches))
                self.assertEqual(stored.aggregates, 0)
                self.assertEqual(self.stored(), [])

    def test_many_batches(self):
        """Batches of any size, sliced ones too, are stored to the last row."""
        rows = [
            Row({"country": str(number)}, {"ping_count": 1, "usage_seconds": number})
            for number in range(40_000)
        ]
        whole = batch(rows)
        batches = [whole.slice(0, 35_000), whole.slice(35_000, 1), whole.slice(35_001)]
        replace_day(self.connection, day(*rows, batches=iter(batches)))
        self.assertEqual(
            self.rows(
                "SELECT count(*), count(DISTINCT dimensions), sum(usage_seconds)::bigint, "
                "count(*) FILTER (WHERE dimensions ->> 'country' = usage_seconds::text) "
                "FROM crash_aggregates"
            ),
            [(40_000, 40_000, sum(range(40_000)), 40_000)],
        )

    def test_wrong_month(self):
        """A day without partition is refused in one sentence."""
        with self.assertRaisesRegex(
            DatabaseError,
            '^2016-04-01 was not replaced: no partition of relation "crash_aggregates" found',
        ):
            replace_day(self.connection, day(NIGHTLY, submission_date=date(2016, 4, 1)))

    def test_nullable_columns(self):
        """An engine that marks columns as nullable is fine, a NULL in one is not."""
        nullable = pa.schema([one.with_nullable(True) for one in CRASH_AGGREGATES.schema])
        loose = pa.record_batch(batch([NIGHTLY]).columns, schema=nullable)
        replace_day(self.connection, day(NIGHTLY, batches=[loose]))
        self.assertEqual(len(self.stored()), 1)
        columns = [*loose.columns[:-1], pa.array([None], pa.int64())]
        with self.assertRaises(ValueError):
            replace_day(
                self.connection,
                day(NIGHTLY, batches=[pa.record_batch(columns, schema=nullable)]),
            )
        self.assertEqual(len(self.stored()), 1)


class HostileValuesTest(DatabaseTestCase):
    def test_round_trip(self):
        """Hostile dimension values come back exactly as they went in."""
        values = [
            "tab\there",
            "line\nfeed\r\ncarriage return\r",
            "back\\slash \\N \\. \\t \\\\",
            "\\.",
            "\"double\" and 'single'",
            "\x01\x07\x08\x0b\x0c\x1b\x1f\x7f\x80\x85\u2028\u2029",
            "replaced \ufffd",
            "emoji 🦊👩‍💻",
            "",
            "??",
            "x" * MAX_LENGTH,
            "🦊" * MAX_LENGTH,
            "\x01" * MAX_LENGTH,
            "%s {} $1 ; DROP TABLE crash_aggregates --",
        ]
        rows = [Row({"channel": value, value or "empty": "as a name"}) for value in values]
        replace_day(self.connection, day(*rows))
        found = [row for (row,) in self.rows("SELECT dimensions FROM crash_aggregates")]
        self.assertCountEqual(found, [row.dimensions for row in rows])

    def test_as_the_kernel_writes_them(self):
        """The kernel's own JSON text has no raw control character, and is stored as it is."""
        value = "".join(map(chr, range(256))) + "\ud800"
        text, _, shortened, _ = DimensionTexts([Dimension("channel", ("a",))]).text((value,))
        self.assertTrue(shortened)
        self.assertEqual([char for char in text if ord(char) < 32], [])
        columns = [*batch([Row({})]).columns]
        columns[1] = pa.array([text])
        replace_day(
            self.connection, day(batches=[pa.record_batch(columns, schema=CRASH_AGGREGATES.schema)])
        )
        expected = "\ufffd" + "".join(map(chr, range(1, MAX_LENGTH)))
        self.assertEqual(
            self.rows("SELECT dimensions ->> 'channel' FROM crash_aggregates"), [(expected,)]
        )

    def test_raw_control_characters_are_refused(self):
        """JSON with a raw line feed, tab or backslash trick is refused, never misread."""
        replace_day(self.connection, day(NIGHTLY))
        rows = self.stored()
        for text in ('{"a":\n"b"}', '{"a":\t"b"}', '{"a":"b\n\\.\n"}', "\\N", "no JSON"):
            columns = [*batch([Row({})]).columns]
            columns[1] = pa.array([text])
            bad = pa.record_batch(columns, schema=CRASH_AGGREGATES.schema)
            with self.subTest(text=text), self.assertRaises(DatabaseError):
                replace_day(self.connection, day(batches=[bad]))
            self.assertEqual(self.stored(), rows)


class BalanceTest(DatabaseTestCase):
    def refused(self, unbalanced):
        replace_day(self.connection, day(NIGHTLY))
        rows = self.stored()
        with self.assertRaises(LedgerImbalanceError) as caught:
            replace_day(self.connection, unbalanced)
        self.assertEqual(self.stored(), rows)
        self.assertEqual(self.rows("SELECT count(*) FROM crash_aggregates_runs"), [(1,)])
        return str(caught.exception)

    def test_main_pings(self):
        """A ledger with another number of counted usage pings is refused, the old day stays."""
        lines = (
            LedgerLine("crash", "outcome", "counted", 1),
            LedgerLine("main", "outcome", "counted", 4),
        )
        self.assertEqual(
            self.refused(day(NIGHTLY, ledger=lines)),
            "crash_aggregates of 2016-03-14 does not balance: counted usage pings 4, "
            "usage pings in the rows 3; "
            "the day was not replaced, report this",
        )

    def test_crash_pings(self):
        """The four stats of crash pings together are the counted crash pings."""
        stats = dict.fromkeys(CRASH_PING_STATS, 1)
        lines = (LedgerLine("crash", "outcome", "counted", 3),)
        self.assertEqual(
            self.refused(day(Row({}, stats), ledger=lines)),
            "crash_aggregates of 2016-03-14 does not balance: counted crash pings 3, "
            "crash pings in the rows 4; "
            "the day was not replaced, report this",
        )
        self.assertEqual(replace_day(self.connection, day(Row({}, stats))).aggregates, 1)

    def test_crash_pings_by_process(self):
        """Crash pings by process are the counted ones too; what histograms tell is not counted."""
        row = {"activity_date": date(2016, 3, 13), "application": "Firefox", "process": "main"}
        one = row | {"source": "crash ping", "crashes": 1, "sent_twice": 0}
        told = row | {"source": "histogram", "crashes": 9, "sent_twice": 0}

        def with_rows(*rows):
            batches = [pa.RecordBatch.from_pylist([*rows], schema=BY_PROCESS.schema)]
            made = day(NIGHTLY)
            return replace(made, tables={**made.tables, BY_PROCESS: batches})

        self.assertEqual(
            self.refused(with_rows(one, one, told)),
            "crash_aggregates_by_process of 2016-03-14 does not balance: counted crash pings 1, "
            "crash pings in the rows 2; the day was not replaced, report this",
        )
        self.assertEqual(replace_day(self.connection, with_rows(one, told)).aggregates, 1)

    def test_pings_read(self):
        """The outcomes add up to the pings read."""
        balanced = day(NIGHTLY)
        facts = replace(balanced.facts, pings_read=5)
        self.assertEqual(
            self.refused(replace(balanced, facts=facts)),
            "crash_aggregates of 2016-03-14 does not balance: pings read 5, outcomes 4; "
            "the day was not replaced, report this",
        )

    def test_lost_row(self):
        """A row that the server did not keep is noticed."""
        self.addCleanup(self.connection.execute, "DROP FUNCTION lose CASCADE")
        self.connection.execute(
            "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN IF new.dimensions ->> 'channel' = 'beta' THEN RETURN NULL; END IF; "
            "RETURN new; END$$"
        )
        self.connection.execute(
            "CREATE TRIGGER lose BEFORE INSERT ON crash_aggregates_2016_03 "
            "FOR EACH ROW EXECUTE FUNCTION lose()"
        )
        self.assertEqual(
            self.refused(day(NIGHTLY, BETA)),
            "crash_aggregates of 2016-03-14 does not balance: rows 2, stored 1; "
            "the day was not replaced, report this",
        )

    def test_half_a_day_never(self):
        """A day with its ledger but half of its batches is refused."""
        whole = day(NIGHTLY, BETA)
        self.refused(replace(whole, tables={CRASH_AGGREGATES: [batch([NIGHTLY])]}))

    def test_adjustments_do_not_count(self):
        """Adjustments and process types are no outcomes, whatever their name."""
        lines = (
            *day(NIGHTLY).ledger.lines,
            LedgerLine("crash", "process_type", "counted", 7),
            LedgerLine("main", "adjustment", "usage_capped", 7),
        )
        self.assertEqual(replace_day(self.connection, day(NIGHTLY, ledger=lines)).aggregates, 1)
