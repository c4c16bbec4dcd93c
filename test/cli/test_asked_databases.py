"""What a question does to the database that it asks: nothing, whatever it finds there."""

from __future__ import annotations

import os
import secrets
import unittest
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from psycopg.conninfo import make_conninfo

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.migrate import DEFINITIONS, migrate
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.database.schema.roles import init_roles, named_roles
from test.cli.test_cli import typed
from test.database.sample_days import NIGHTLY, SUBMISSION_DATE, day
from test.database.schema.later_versions import OURS, WITH_SHORT
from test.database.schema.test_roles import drop_roles
from test.servers import fresh_database

QUESTIONS = (
    ("sql", "SELECT 1"),
    ("rates",),
    ("ledger",),
    ("history", "--submission-date", "2016-03-14"),
    ("question", "freshness"),
    ("check",),
    ("watch",),
    ("watch", "acknowledge", "firefox/release/main/2026-11-24", "--note", "bug"),
    ("retention",),
    ("retention", "--yes"),
)
RELATIONS = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"


class AskedTest(unittest.TestCase):
    """Has an empty database, and no settings in the environment."""

    def setUp(self) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CRASH_RATE")}
        self.enterContext(patch.dict(os.environ, kept, clear=True))
        self.url = fresh_database(self)
        self.connection = self.enterContext(connect(self.url))

    def assert_refused(
        self, sentence: str, questions: Sequence[tuple[str, ...]] = QUESTIONS[:1]
    ) -> None:
        """Hold that questions say that, and that no table is made or changed by any."""
        before = self.connection.execute(RELATIONS).fetchall()
        for question in questions:
            with self.subTest(question=question):
                code, output, errors = typed(*question, "--database", self.url)
                self.assertEqual((code, output), (1, ""))
                self.assertRegex(errors, rf"^error: {sentence}.* \[schema\]\n$")
                self.assertEqual(errors.count("\n"), 1)
        self.assertEqual(self.connection.execute(RELATIONS).fetchall(), before)

    def test_no_tables(self) -> None:
        """Of somebody else's database it says that there are no tables, and makes none."""
        sentence = (
            "there are no tables in database test_.*: `database init` by its owner makes them"
        )
        self.assert_refused(sentence, QUESTIONS)

    def test_older_tables(self) -> None:
        """Tables of an older version stay as they are; the remedy is named."""
        migrate(self.connection)
        older = "UPDATE crash_aggregates_definitions SET number = number - 1, sha256 = 'older'"
        self.connection.execute(older)
        self.assert_refused(
            f"the database has schema {OURS.number - 1}, and this version of the program asks "
            f"schema {OURS.number}: `database init`, or a `run`, by the owner"
        )
        self.assertEqual(migrate(self.connection), [DEFINITIONS])

    def test_newer_tables(self) -> None:
        """Beside a newer version, a question and a run alike say which one knows the tables."""
        migrate(self.connection, WITH_SHORT)
        sentence = f"the database has schema {WITH_SHORT.number}, made by version .* of the program"
        self.assert_refused(sentence)
        with TemporaryDirectory() as pings:
            code, _, errors = typed("run", "--pings", pings, "--database", self.url)
        self.assertEqual(code, 1)
        self.assertRegex(
            errors, rf"error: {sentence}.*: use that version or a later one \[schema\]"
        )

    def test_days_to_sum_up(self) -> None:
        """The reader asks while a stored day waits to be summed up, and freshness counts it."""
        roles = named_roles(f"test_{secrets.token_hex(4)}")
        self.addCleanup(drop_roles, self.url, roles)
        init_roles(self.connection, roles, {"reader": "x"})
        ensure_partition(self.connection, SUBMISSION_DATE)
        replace_day(self.connection, day(NIGHTLY))
        self.connection.execute("DELETE FROM crash_aggregates_run_totals")
        reader = make_conninfo(self.url, user=roles.reader, password="x")
        for question in (("sql", "SELECT 1"), ("rates",)):
            with self.subTest(question=question):
                code, output, errors = typed(*question, "--database", reader)
                self.assertEqual((code, errors), (0, ""))
        _, output, _ = typed("question", "freshness", "--csv", "--database", reader)
        names, values = (line.split(",") for line in output.splitlines())
        self.assertEqual(dict(zip(names, values, strict=True))["days_to_sum_up"], "1")

    def test_mistyped_home(self) -> None:
        """A home that does not exist is told, and not made."""
        home = Path(self.enterContext(TemporaryDirectory())) / "mistyped"
        for question in QUESTIONS:
            with self.subTest(question=question):
                code, output, errors = typed(*question, "--home", str(home))
                self.assertEqual((code, output), (1, ""))
                self.assertEqual(
                    errors,
                    f"error: nothing is stored in '{home}' yet: `run` fills a day "
                    "[nothing-stored]\n",
                )
        self.assertFalse(home.exists())


if __name__ == "__main__":
    unittest.main()
