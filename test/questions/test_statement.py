from __future__ import annotations

import re
from datetime import date

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.errors import QueryError
from crash_rate_aggregates.questions.statement import Answer, ask
from test.database.sample_days import BETA, NIGHTLY, DatabaseTestCase, day


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
