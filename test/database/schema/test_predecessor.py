"""A database of the twelve migrations before 0001_tables.

`at_0012.sql.gz` was made by the last version that had them (commit 748bffc): four days of synthetic
pings, the 15th stored twice with other pings and another dimension, the 16th from a damaged file,
the 18th failed; the 14th then lost its summaries, as if an older version had stored it. pg_dump
wrote it, without owners, rights and what PostgreSQL 15 does not know. `at_0012_answers.json` is
what that version answered, floats to 12 digits: their sums depend on the order of rows.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import secrets
import unittest
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from crash_rate_aggregates.cli import cli
from crash_rate_aggregates.crash_kinds import CRASH_KINDS
from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.prepare import prepare_database
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.database.schema.roles import init_roles, named_roles
from crash_rate_aggregates.database.schema.stat_columns import COUNTING_TABLES
from crash_rate_aggregates.errors import DatabaseError
from crash_rate_aggregates.questions.rates import crash_rates
from crash_rate_aggregates.rows import CRASH_AGGREGATES, DAY_TABLES
from crash_rate_aggregates.stats import STATS
from test.database.sample_days import NIGHTLY, day
from test.database.schema.later_versions import ALL
from test.database.schema.test_roles import drop_roles
from test.servers import fresh_database

HERE = Path(__file__).parent
REDEFINED = ("C-S", "M+C-S")
KINDS_THEN = ("main (M)", "content (C)", *REDEFINED, "plugin", "gpu")
"""Headings of the kinds of crashes that the older version knew."""
_LONG_FLOAT = re.compile(r"-?\d+\.\d{6,}(?:e[+-]?\d+)?")
STORED = (
    "crash_aggregates",
    "crash_aggregates_runs",
    "crash_aggregates_ledger",
    "crash_aggregates_damaged_files",
    "crash_aggregates_run_totals",
    "crash_aggregates_open_attempts",
    "crash_aggregates_by_channel",
    "crash_aggregates_by_build",
    "crash_aggregates_by_system",
    "crash_aggregates_by_country",
    "crash_aggregates_locks",
)
COLUMNS = """
SELECT pg_class.relname, attname, format_type(atttypid, atttypmod), attnotnull, attgenerated,
    pg_get_expr(adbin, adrelid), col_description(attrelid, attnum)
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND attnum > 0 AND NOT attisdropped
ORDER BY 1, 2
"""
# NOT NULL is a constraint too from PostgreSQL 18 on; the columns say it in all versions.
NAMED = """
SELECT conname, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')
FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL
SELECT indexname, indexdef, NULL FROM pg_indexes
WHERE schemaname = 'public' AND tablename !~ '_[0-9]{4}_[0-9]{2}$'
UNION ALL
SELECT oid::regclass::text, pg_get_viewdef(oid), obj_description(oid, 'pg_class')
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
UNION ALL
SELECT oid::regprocedure::text, pg_get_functiondef(oid), obj_description(oid, 'pg_proc')
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
ORDER BY 1, 2
"""


def restore(url):
    """Fill an empty database with that of the older version."""
    with connect(url) as connection:
        connection.execute(gzip.decompress((HERE / "at_0012.sql.gz").read_bytes()))


def stored_rows(connection):
    """Return all rows of all tables, whatever the order of their columns."""
    return {
        table: connection.execute(
            f"SELECT to_jsonb(stored) FROM {table} AS stored ORDER BY to_jsonb(stored)"
        ).fetchall()
        for table in STORED
    }


def rounded(answer):
    """Return the answer with floats of no more than 12 digits."""
    return _LONG_FLOAT.sub(lambda found: f"{float(found[0]):.12g}", answer)


def with_later_stats(stored):
    """Return the older version's rows as they are with the stats that came after it: NULL."""
    known = stored[CRASH_AGGREGATES.name][0][0]
    later = {stat.name: None for stat in STATS if stat.name not in known} | {"active_hours": None}
    return {
        table: [(row | later,) for (row,) in rows] if table in COUNTING_TABLES else rows
        for table, rows in stored.items()
    }


def comparable(answer, *, is_csv):
    """Return what an answer has of what older rules told as today's do, cell by cell.

    Not C-S and M+C-S, which were differences of sums then and are not known of these days now; nor
    intervals, which had no variation of the channel's days; nor kinds and columns that came later.
    """
    if is_csv:
        return _comparable_csv(answer)
    # As columns are as wide as what they hold, and so is the line below the headings.
    lines = [
        re.split(" {2,}", re.sub(r" \(\S+ … \S+\)", "", line.strip()))
        for line in answer.splitlines()
        if "─" not in line and not line.startswith("- for ")
    ]
    headings = max(lines, key=len, default=[])
    if not {*KINDS_THEN} & {*headings}:
        return lines
    kept = {kind.heading for kind in CRASH_KINDS} & {*KINDS_THEN} - {*REDEFINED}
    others = {kind.heading for kind in CRASH_KINDS} - kept
    return [
        [cell for place, cell in enumerate(line) if headings[place] not in others] for line in lines
    ]


def _comparable_csv(answer):
    rows = list(csv.DictReader(StringIO(answer)))
    later = {"note", "burst_factor", "log_sd", "m_c_s_rate"}
    gone = re.compile("dispersion|(.*_)?(lower|upper)(_limit)?")
    return [
        {
            name: value
            for name, value in row.items()
            if name not in later and not gone.fullmatch(name)
        }
        for row in rows
        if row.get("kind") not in {"content_minus_shutdown", "main_and_content_minus_shutdown"}
    ]


class TakenOverTest(unittest.TestCase):
    """The database after this version has been started on it."""

    url: str
    applied: list[str]
    before: dict[str, list[tuple[Any, ...]]]
    after: dict[str, list[tuple[Any, ...]]]

    @classmethod
    def setUpClass(cls):
        cls.url = fresh_database(cls)
        restore(cls.url)
        with connect(cls.url) as connection:
            cls.before = stored_rows(connection)
            cls.applied = migrate(connection)
            cls.after = stored_rows(connection)
        # What the older program did before each of its answers; a question of ours does not.
        prepare_database(cls.url)

    def setUp(self):
        self.connection = self.enterContext(connect(self.url))

    def test_rows_stay(self):
        """Days, runs, ledgers, summaries, history and open attempts stay to the last row."""
        self.assertEqual(self.applied, ALL)
        self.assertEqual(self.after, with_later_stats(self.before))
        self.assertEqual(
            [(table, len(self.after[table])) for table in STORED[:6]],
            [
                ("crash_aggregates", 768),
                ("crash_aggregates_runs", 5),
                ("crash_aggregates_ledger", 41),
                ("crash_aggregates_damaged_files", 1),
                ("crash_aggregates_run_totals", 24),
                ("crash_aggregates_open_attempts", 1),
            ],
        )

    def test_what_came_later(self):
        """Tables of processes, people and releases are there and empty, hours of use not known."""
        later = [
            *(table.name for table in DAY_TABLES if table is not CRASH_AGGREGATES),
            *("crash_aggregates_process_sums", "crash_release_builds", "crash_releases"),
            *("crash_process_counts", "crash_clients", "crash_experiments"),
            "crash_labels_to_fill_again",
        ]
        for table in later:
            found = self.connection.execute(f"SELECT count(*) FROM {table}").fetchall()
            self.assertEqual(found, [(0,)], table)
        row = self.connection.execute(
            "SELECT count(*), count(active_seconds), count(active_hours), crash_min_clients() "
            "FROM crash_aggregates"
        ).fetchone()
        self.assertEqual(row, (768, 0, 0, 100))

    def test_answers(self):
        """Rates, ledgers, histories and questions are answered as the older version did."""
        answers = json.loads((HERE / "at_0012_answers.json").read_text(encoding="utf-8"))
        self.assertEqual(len(answers), 29)
        for one in answers:
            with self.subTest(command=one["command"]):
                done = CliRunner().invoke(cli, [*one["command"], "--database", self.url])
                self.assertEqual(done.exit_code, 0, done.stderr)
                found, then = rounded(done.stdout), one["answer"]
                # What the older version computed as a difference stands in columns without a name;
                # by build it counted activity dates of which only late pings are there.
                redefined = ("content_minus_shutdown", "crash_rates_by_build")
                if not any(name in one["command"][1] for name in redefined):
                    is_csv = "--csv" in one["command"]
                    self.assertEqual(
                        comparable(found, is_csv=is_csv), comparable(then, is_csv=is_csv)
                    )

    def test_rates_by_build(self):
        """A build has the pings of the activity dates whose own submission date is stored."""
        command = ["question", "crash_rates_by_build", "--csv", "--database", self.url]
        dates = ["--first-date", "2016-03-01", "--last-date", "2016-03-31"]
        (build,) = csv.DictReader(StringIO(CliRunner().invoke(cli, [*command, *dates]).stdout))
        row = self.connection.execute(
            "SELECT sum(usage_hours), 1000 * sum(main_crashes) / sum(usage_hours) "
            "FROM crash_aggregates WHERE dimensions ->> 'build_id' = %s "
            "AND dimensions ->> 'channel' = 'release' AND activity_date >= '2016-03-14'",
            [build["build_id"]],
        ).fetchone()
        assert row is not None
        self.assertAlmostEqual(float(build["usage_hours"]), row[0])
        self.assertAlmostEqual(float(build["main_rate"]), row[1])

    def test_what_is_not_known(self):
        """C-S and M+C-S of these days are NULL, never 0, and it is said what to do about it."""
        for rates in crash_rates(self.connection, []):
            for kind in ("content_minus_shutdown", "main_and_content_minus_shutdown"):
                self.assertIsNone(rates.kinds[kind].crashes)
                self.assertEqual(rates.kinds[kind].note, "not counted: fill the days again")
        for name in ("channel", "build", "system", "country"):
            self.assertEqual(
                self.connection.execute(
                    "SELECT count(content_minus_shutdown), count(main) > 0 "
                    f"FROM crash_counts_by_{name}"
                ).fetchall(),
                [(0, True)],
            )

    def test_second_start(self):
        """A second start applies nothing and sums up nothing."""
        prepare_database(self.url)
        recorded = "SELECT applied_at FROM crash_aggregates_definitions"
        before = self.connection.execute(recorded).fetchall()
        with self.assertNoLogs("crash_rate_aggregates"):
            prepare_database(self.url)
        self.assertEqual(migrate(self.connection), [])
        self.assertEqual(self.connection.execute(recorded).fetchall(), before)

    def test_like_a_new_database(self):
        """Columns, constraints, indexes, views and functions are those of a new database."""
        with connect(fresh_database(self)) as new:
            migrate(new)
            for query in (COLUMNS, NAMED):
                self.assertEqual(
                    self.connection.execute(query).fetchall(), new.execute(query).fetchall()
                )
            migrations = "SELECT number, name, sha256 FROM crash_aggregates_migrations"
            self.assertEqual(
                self.connection.execute(migrations).fetchall(), new.execute(migrations).fetchall()
            )


class TakeOverTest(unittest.TestCase):
    def setUp(self):
        self.url = fresh_database(self)
        restore(self.url)
        self.connection = self.enterContext(connect(self.url))

    def test_first_start(self):
        """The first start takes it over, folds its days by today's applications, and says so."""
        with self.assertLogs("crash_rate_aggregates", "INFO") as logs:
            prepare_database(self.url)
        self.assertEqual(
            [record.getMessage() for record in logs.records],
            [
                *(f"migrated the database: {name}" for name in ALL),
                *(f"summed up 2016-03-{day} for dashboards" for day in (17, 16, 15, 14)),
            ],
        )

    def test_days_go_on(self):
        """A stored day is replaced, and one of a new month stored, after it was taken over."""
        migrate(self.connection)
        for submission_date in (date(2016, 3, 14), date(2016, 4, 1)):
            ensure_partition(self.connection, submission_date)
            replace_day(self.connection, day(NIGHTLY, submission_date=submission_date))
            self.assertEqual(
                self.connection.execute(
                    "SELECT count(*) FROM crash_aggregates WHERE submission_date = %s",
                    (submission_date,),
                ).fetchall(),
                [(1,)],
            )

    def test_with_roles(self):
        """`database init` takes it over for the three roles."""
        roles = named_roles(f"test_{secrets.token_hex(4)}")
        self.addCleanup(drop_roles, self.url, roles)
        self.assertEqual(
            init_roles(self.connection, roles, {}),
            ALL,
        )
        may = self.connection.execute(
            "SELECT has_table_privilege(%(reader)s, 'crash_rates_by_day', 'SELECT'), "
            "has_function_privilege(%(writer)s, 'crash_aggregates_make_partition(date)', "
            "'EXECUTE'), has_function_privilege(%(reader)s, "
            "'crash_aggregates_make_partition(date)', 'EXECUTE')",
            {"reader": roles.reader, "writer": roles.writer},
        ).fetchone()
        self.assertEqual(may, (True, True, False))

    def assert_refused(self, sentence):
        before = stored_rows(self.connection)
        with self.assertRaises(DatabaseError) as caught:
            migrate(self.connection)
        self.assertEqual(str(caught.exception), sentence)
        self.assertEqual(stored_rows(self.connection), before)
        tables = self.connection.execute("SELECT to_regclass('crash_aggregates_definitions')")
        self.assertEqual(tables.fetchall(), [(None,)])

    def test_older_one(self):
        """A database at an earlier migration is refused in one sentence, and stays as it is."""
        self.connection.execute("DELETE FROM crash_aggregates_migrations WHERE number > 9")
        self.assert_refused(
            "the database stands at 0009_open_attempts of an older version of the program, and "
            "this one takes over from 0012_locks alone: bring it there with the last version that "
            "has that migration, or use an empty database"
        )

    def test_unknown_digest(self):
        """A database whose migrations were others is refused in one sentence."""
        self.connection.execute(
            "UPDATE crash_aggregates_migrations SET sha256 = '0' WHERE number = 7"
        )
        self.assert_refused(
            "the database was made by another 0001_aggregates than this program's: use the version "
            "that made it, or an empty database"
        )
