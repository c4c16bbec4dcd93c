from __future__ import annotations

import math
import re
from datetime import date

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.dimensions import DIMENSION_NAMES, DIMENSIONS
from crash_rate_aggregates.errors import (
    DateRangeError,
    DayNotStoredError,
    DimensionsError,
    QueryError,
)
from crash_rate_aggregates.ledger import DamagedFile, LedgerLine
from crash_rate_aggregates.questions.crash_rate import CrashRate
from crash_rate_aggregates.questions.rates import (
    Answer,
    ask,
    crash_rates,
    stored_days,
    stored_ledger,
)
from test.database.sample_days import BETA, NIGHTLY, SUBMISSION_DATE, DatabaseTestCase, Row, day


class AskTest(DatabaseTestCase):
    def rejected(self, statement):
        with self.assertRaises(QueryError) as caught:
            ask(self.connection, statement)
        self.assertEqual(ask(self.connection, "SELECT 1").rows, [(1,)])
        return str(caught.exception)

    def test_query_of_2016(self):
        """The query of 2016 runs as it stands."""
        replace_day(self.connection, day(NIGHTLY, BETA))
        answer = ask(
            self.connection,
            "SELECT sum(main_crashes) / sum(usage_hours) FROM crash_aggregates "
            "WHERE dimensions->>'channel' = 'nightly' AND submission_date = '2016-03-14'",
        )
        self.assertEqual(answer.rows, [(0.5,)])

    def test_query_of_2016_uses_the_index(self):
        """The query of 2016 reads its day by the index, in its month alone."""
        ensure_partition(self.connection, date(2016, 4, 1))
        with self.connection.transaction(force_rollback=True):
            # Of a table as small as this one PostgreSQL would read all.
            self.connection.execute("SET LOCAL enable_seqscan = off")
            plan = self.rows(
                "EXPLAIN (COSTS OFF) SELECT sum(main_crashes) / sum(usage_hours) "
                "FROM crash_aggregates WHERE dimensions->>'channel' = 'nightly' "
                "AND submission_date = '2016-03-14'"
            )
        text = "\n".join(line for (line,) in plan)
        self.assertIn("crash_aggregates_2016_03_submission_date_idx", text)
        self.assertNotIn("2016_04", text)

    def test_answers(self):
        """Columns and rows come back; a statement without result has no column."""
        for statement, answer in (
            ("SELECT 1 AS a, NULL AS a", Answer(("a", "a"), [(1, None)])),
            ("SELECT '5%' LIKE '%\\%' AS b;", Answer(("b",), [(True,)])),
            ("-- why\nVALUES (2), (3)", Answer(("column1",), [(2,), (3,)])),
            ("SELECT WHERE false", Answer((), [])),
            ("SET work_mem = '4MB'", Answer((), [])),
            ("", Answer((), [])),
        ):
            with self.subTest(statement=statement):
                self.assertEqual(ask(self.connection, statement), answer)

    def test_read_only(self):
        """Nothing can be changed, by no detour."""
        replace_day(self.connection, day(NIGHTLY))
        rows = self.stored()
        for statement, message in (
            ("DELETE FROM crash_aggregates", "cannot execute DELETE in a read-only transaction"),
            ("DROP TABLE crash_aggregates", "cannot execute DROP TABLE in a read-only transaction"),
            ("COMMIT; DELETE FROM crash_aggregates", "cannot insert multiple commands"),
            ("SET TRANSACTION READ WRITE", "transaction read-write mode must be set before any"),
            (
                "SELECT set_config('transaction_read_only', 'off', true)",
                "transaction read-write mode must be set before any",
            ),
            (
                "DO $$BEGIN SET TRANSACTION READ WRITE; DELETE FROM crash_aggregates; END$$",
                "transaction read-write mode must be set before any",
            ),
            ("DO $$BEGIN COMMIT; DELETE FROM crash_aggregates; END$$", "invalid transaction"),
            (" /* x */ -- y\n copy crash_aggregates FROM STDIN", "COPY is no question"),
            (
                "SELECT nextval('crash_aggregates_runs_run_id_seq')",
                "cannot execute nextval() in a read-only transaction",
            ),
        ):
            with self.subTest(statement=statement):
                self.assertRegex(
                    self.rejected(statement), f"^the statement was rejected: {re.escape(message)}"
                )
        ask(self.connection, "COMMIT")
        ask(self.connection, "ROLLBACK")
        self.assertEqual(self.stored(), rows)

    def test_messages(self):
        """What PostgreSQL rejects is one sentence with its own words."""
        for statement, message in (
            ("SELEC 1", 'syntax error at or near "SELEC" (at character 1)'),
            ("SELECT * FROM crashes", 'relation "crashes" does not exist (at character 15)'),
            ("SELECT 1 / 0", "division by zero"),
            (
                "SELECT $1",
                'bind message supplies 0 parameters, but prepared statement "" requires 1',
            ),
            ("SELECT '\ud800'", "'\\ud800' is no character"),
        ):
            with self.subTest(statement=statement):
                self.assertEqual(self.rejected(statement), f"the statement was rejected: {message}")


class CrashRatesTest(DatabaseTestCase):
    def setUp(self):
        super().setUp()
        ensure_partition(self.connection, date(2016, 4, 1))
        nightly = {
            "ping_count": 5,
            "usage_seconds": 3_600_000,
            "main_crashes": 10,
            "content_crashes": 3,
            "content_shutdown_crashes": 4,
            "plugin_crashes": 1,
            "content_crash_pings": 99,
        }
        replace_day(
            self.connection,
            day(
                Row({"channel": "nightly", "os_name": "Linux"}, nightly),
                Row({"channel": "nightly"}, {"usage_seconds": 3_600_000}),
                Row({"channel": "beta"}, {"usage_seconds": 1800, "gpu_crashes": 1}),
                Row({"os_name": "Linux"}, {"main_crashes": 7}),
            ),
        )
        replace_day(
            self.connection,
            day(
                Row({"channel": "beta"}, {"usage_seconds": 36_000}, date(2016, 3, 31)),
                submission_date=date(2016, 4, 1),
            ),
        )

    def assert_near(self, number: float | None, expected: float):
        self.assertAlmostEqual(expected, 0.0 if number is None else number, 4)

    def test_by_channel(self):
        """Rates come from sums, most hours first; the group without a value is None."""
        nightly, beta, none = crash_rates(self.connection, min_usage_hours=0)
        self.assertEqual(
            [(one.group, one.ping_count, one.usage_hours) for one in (nightly, beta, none)],
            [(("nightly",), 5, 2000.0), (("beta",), 0, 10.5), ((None,), 0, 0.0)],
        )
        self.assertEqual((nightly.main.crashes, nightly.main.per_1000_hours), (10, 5.0))
        self.assert_near(nightly.main.lower, 4.795388696 / 2)
        self.assert_near(nightly.main.upper, 18.390356042 / 2)
        self.assertEqual((nightly.content.crashes, nightly.content.per_1000_hours), (3, 1.5))
        self.assert_near(nightly.content.lower, 0.618672123 / 2)
        self.assert_near(nightly.content.upper, 8.767273070 / 2)
        self.assertEqual(
            (nightly.content_minus_shutdown.crashes, nightly.content_minus_shutdown.per_1000_hours),
            (-1, -0.5),
        )
        # The exact limits of 3, 13 and 4 crashes, content, main with it, and at shutdown.
        c_lower, c_upper, m_c_lower, m_c_upper = 0.618672123, 8.767273070, 6.921952, 22.230397
        s_lower, s_upper = 1.089865, 10.241589
        difference = nightly.content_minus_shutdown
        self.assert_near(difference.lower, (-1 - math.hypot(3 - c_lower, s_upper - 4)) / 2)
        self.assert_near(difference.upper, (-1 + math.hypot(c_upper - 3, 4 - s_lower)) / 2)
        both = nightly.main_and_content_minus_shutdown
        self.assertEqual((both.crashes, both.per_1000_hours, both.dispersion), (9, 4.5, None))
        self.assert_near(both.lower, (9 - math.hypot(13 - m_c_lower, s_upper - 4)) / 2)
        self.assert_near(both.upper, (9 + math.hypot(m_c_upper - 13, 4 - s_lower)) / 2)
        self.assertEqual((nightly.plugin.crashes, nightly.plugin.per_1000_hours), (1, 0.5))
        self.assertEqual((nightly.gpu.crashes, nightly.gpu.per_1000_hours), (0, 0.0))
        self.assertEqual(nightly.gpu.lower, 0.0)
        self.assert_near(nightly.gpu.upper, 3.688879454 / 2)
        self.assertEqual(beta.gpu.per_1000_hours, 1000 / 10.5)

    def test_without_hours(self):
        """A group without usage hours has crashes and no rate, never a rate of 0."""
        none = crash_rates(self.connection, min_usage_hours=0)[-1]
        self.assertEqual(none.main, CrashRate(7, None, None, None, None))
        self.assertEqual(none.gpu, CrashRate(0, None, None, None, None))

    def test_too_few_hours(self):
        """Groups under the wanted hours keep their sums and have no rates."""
        nightly, beta, _ = crash_rates(self.connection, min_usage_hours=10.6)
        self.assertEqual((nightly.min_usage_hours, beta.min_usage_hours), (10.6, 10.6))
        self.assertEqual(nightly.main.per_1000_hours, 5.0)
        self.assertEqual(beta.gpu, CrashRate(1, None, None, None, None))

    def test_usual_threshold(self):
        """Unless another is asked for, the threshold is the database's own, of 100 hours."""
        nightly, beta, _ = crash_rates(self.connection)
        self.assertEqual((nightly.main.per_1000_hours, beta.gpu.per_1000_hours), (5.0, None))
        self.assertEqual(beta.min_usage_hours, 100)

    def test_by_several(self):
        """Several dimensions and the two dates group together, in the order asked for."""
        groups = crash_rates(self.connection, ["os_name", "submission_date", "activity_date"])
        self.assertEqual(
            [(one.group, one.usage_hours) for one in groups],
            [
                ((None, "2016-03-14", "2016-03-13"), 1000.5),
                (("Linux", "2016-03-14", "2016-03-13"), 1000.0),
                ((None, "2016-04-01", "2016-03-31"), 10.0),
            ],
        )

    def test_by_none(self):
        """Without a dimension there is one group of everything."""
        (everything,) = crash_rates(self.connection, [])
        self.assertEqual((everything.group, everything.usage_hours), ((), 2010.5))

    def test_no_day_of_the_range(self):
        """A range without a stored day is an error that says which are, one upside down another."""
        with self.assertRaisesRegex(
            DayNotStoredError, "^no day from 2020-01-01 to 2020-01-02 is stored: there are 2 days"
        ):
            crash_rates(self.connection, [], date(2020, 1, 1), date(2020, 1, 2))
        with self.assertRaisesRegex(DateRangeError, "exchange the two dates$"):
            crash_rates(self.connection, [], date(2020, 1, 2), date(2020, 1, 1))

    def test_range(self):
        """Both ends of the range belong to it, and each may be left open."""
        for first, last, hours in (
            (None, date(2016, 3, 14), 2000.5),
            (date(2016, 3, 14), date(2016, 3, 14), 2000.5),
            (date(2016, 3, 15), None, 10.0),
            (date(2016, 3, 14), date(2016, 4, 1), 2010.5),
        ):
            (everything,) = crash_rates(self.connection, [], first, last)
            self.assertEqual(everything.usage_hours, hours)

    def test_unknown_dimension(self):
        """A name that no day has is refused with those there are."""
        with self.assertRaises(DimensionsError) as caught:
            crash_rates(self.connection, ["channel", "chanel' OR true --"])
        self.assertEqual(
            str(caught.exception),
            'no stored day has a dimension "chanel\' OR true --": choose from '
            f"{', '.join(DIMENSION_NAMES)}, submission_date, activity_date",
        )


class StoredDaysTest(DatabaseTestCase):
    def test_ledger(self):
        """The ledger of a day is that of its last run; without a date it is the latest day's."""
        lines = (
            *day(BETA).ledger.lines,
            LedgerLine("main", "outcome", "duplicate", 2),
            LedgerLine("unknown", "outcome", "unreadable", 1),
        )
        replace_day(self.connection, day(NIGHTLY))
        last = replace_day(self.connection, day(BETA, ledger=lines, damaged_files=[("f", "cut")]))
        earlier = day(NIGHTLY, submission_date=date(2016, 3, 13))
        replace_day(self.connection, earlier)
        for asked in (None, SUBMISSION_DATE):
            stored = stored_ledger(self.connection, asked)
            self.assertEqual(stored.run.run_id, last.run_id)
            self.assertEqual(stored.run.submission_date, SUBMISSION_DATE)
            self.assertEqual(stored.run.aggregates, 1)
            self.assertEqual(stored.run.facts.pings_read, 6)
            self.assertEqual(
                [(one.name, one.path) for one in stored.run.facts.dimensions],
                [(one.name, one.path) for one in DIMENSIONS],
            )
            self.assertEqual(stored.ledger.lines, lines)
            self.assertEqual(stored.damaged, (DamagedFile("f", "cut"),))
        self.assertEqual(stored_ledger(self.connection, date(2016, 3, 13)).ledger, earlier.ledger)

    def test_days(self):
        """Each stored day is there once, the earliest first."""
        for number in (15, 13, 15, 14):
            replace_day(self.connection, day(NIGHTLY, submission_date=date(2016, 3, number)))
        self.assertEqual(
            [(one.submission_date.day, one.run_id) for one in stored_days(self.connection)],
            [(13, 2), (14, 4), (15, 3)],
        )

    def test_not_stored(self):
        """A day that is not stored is an error that says which are."""
        with self.assertRaisesRegex(DayNotStoredError, "^no day is stored yet: fill one with"):
            stored_ledger(self.connection)
        with self.assertRaisesRegex(DayNotStoredError, "^no day is stored yet: fill one with"):
            crash_rates(self.connection)
        replace_day(self.connection, day(NIGHTLY))
        with self.assertRaises(DayNotStoredError) as caught:
            stored_ledger(self.connection, date(2016, 3, 15))
        self.assertEqual(
            str(caught.exception),
            "2016-03-15 is not stored: there are 1 days from 2016-03-14 to 2016-03-14; fill it "
            "with `run --submission-date 2016-03-15`",
        )
