from __future__ import annotations

import re
import secrets
from datetime import date

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.errors import QueryError
from crash_rate_aggregates.questions.statement import Answer, ask
from crash_rate_aggregates.questions.typed_statement import warn_of_powers
from test.database.sample_days import BETA, NIGHTLY, DatabaseTestCase, day

NO_QUESTION = "it gives no rows, so it is no question, write a SELECT"
NO_QUESTIONS = (
    "",
    ";",
    "SELECT WHERE false",
    "SET work_mem = '4MB'",
    "COMMIT",
    "ROLLBACK",
    "DELETE FROM crash_aggregates",
    "DROP TABLE crash_aggregates",
    "SET TRANSACTION READ WRITE",
    "DO $$BEGIN SET TRANSACTION READ WRITE; DELETE FROM crash_aggregates; END$$",
    "DO $$BEGIN COMMIT; DELETE FROM crash_aggregates; END$$",
    " /* x */ -- y\n copy crash_aggregates FROM STDIN",
    "COPY crash_aggregates TO STDOUT",
)
PROGRAM_STARTERS = (
    ";COPY (SELECT 1) TO PROGRAM 'cat > {marker}'",
    ";;/* /* */ */ COPY (SELECT 1) TO '{marker}'",
    "COPY (SELECT 1) TO PROGRAM 'cat > {marker}'",
    "DO $$BEGIN COPY (SELECT 1) TO PROGRAM 'cat > {marker}'; END$$",
    "DO $$BEGIN RESET ROLE; EXECUTE 'COPY (SELECT 1) TO ''{marker}'' '; END$$",
    "SELECT 1; COPY (SELECT 1) TO '{marker}'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{marker}'",
    "PREPARE x AS SELECT 1; COPY (SELECT 1) TO '{marker}'",
    "WITH x AS (COPY (SELECT 1) TO '{marker}') SELECT 1",
    "SELECT query_to_xml('COPY (SELECT 1) TO ''{marker}'' ', true, true, '')",
    "SELECT query_to_xml('DO $$BEGIN COPY (SELECT 1) TO ''{marker}''; END$$', true, true, '')",
    "CREATE FUNCTION x() RETURNS void LANGUAGE c AS '{marker}', 'x'",
    "LOAD '{marker}'",
    "ALTER SYSTEM SET archive_command = 'cat > {marker}'",
)
"""Statements that a read-only transaction alone would not stop, with what hides them."""


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
        """Columns and rows come back, of all that gives rows."""
        for statement, answer in (
            ("SELECT 1 AS a, NULL AS a", Answer(("a", "a"), [(1, None)])),
            ("SELECT '5%' LIKE '%\\%' AS b;", Answer(("b",), [(True,)])),
            ("-- why\nVALUES (2), (3)", Answer(("column1",), [(2,), (3,)])),
            (
                "SHOW standard_conforming_strings",
                Answer(("standard_conforming_strings",), [("on",)]),
            ),
            ("EXPLAIN (COSTS OFF) SELECT 1", Answer(("QUERY PLAN",), [("Result",)])),
        ):
            with self.subTest(statement=statement):
                self.assertEqual(ask(self.connection, statement), answer)

    def test_read_only(self):
        """Nothing can be changed, by no detour."""
        replace_day(self.connection, day(NIGHTLY))
        rows = self.stored()
        for statement, message in (
            *((statement, NO_QUESTION) for statement in NO_QUESTIONS),
            ("COMMIT; DELETE FROM crash_aggregates", "cannot insert multiple commands"),
            (
                "DELETE FROM crash_aggregates RETURNING 1",
                "cannot execute DELETE in a read-only transaction",
            ),
            (
                "WITH gone AS (DELETE FROM crash_aggregates RETURNING 1) SELECT * FROM gone",
                "cannot execute SELECT in a read-only transaction",
            ),
            (
                "EXPLAIN ANALYZE DELETE FROM crash_aggregates",
                "cannot execute DELETE in a read-only transaction",
            ),
            (
                "SELECT set_config('transaction_read_only', 'off', true)",
                "transaction read-write mode must be set before any",
            ),
            (
                "SELECT nextval('crash_aggregates_runs_run_id_seq')",
                "cannot execute nextval() in a read-only transaction",
            ),
        ):
            with self.subTest(statement=statement):
                self.assertRegex(
                    self.rejected(statement), f"^the statement was rejected: {re.escape(message)}"
                )
        self.assertEqual(self.stored(), rows)

    def test_programs_and_files(self):
        """A superuser's question starts no program and writes no file, however it is put."""
        # Where the server may write, as which user ever it runs.
        marker = f"{self.rows('SHOW data_directory')[0][0]}/{secrets.token_hex(8)}"
        for statement in PROGRAM_STARTERS:
            with self.subTest(statement=statement):
                self.rejected(statement.format(marker=marker))
        left = self.rows("SELECT pg_stat_file(%s, true) IS NULL", marker)
        self.assertEqual(left, [(True,)])

    def test_powers(self):
        """Who may reach beyond the database is warned; who may only read is not."""
        with self.assertLogs("crash_rate_aggregates", "WARNING") as logs:
            warn_of_powers(self.connection)
        self.assertRegex(
            logs.output[0], r"\w+ may read and write files of the server and run progr"
        )
        self.connection.execute("SET ROLE pg_read_all_stats")
        with self.assertNoLogs("crash_rate_aggregates"):
            warn_of_powers(self.connection)
        self.connection.execute("SET ROLE pg_read_server_files")
        with self.assertLogs("crash_rate_aggregates", "WARNING"):
            warn_of_powers(self.connection)

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
