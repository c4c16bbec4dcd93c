"""The command line of roles, retention and history, run as a user does."""

from __future__ import annotations

import secrets
import unittest
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import mkdtemp

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.database.schema.roles import named_roles
from test.cli.command_line import command
from test.database.sample_days import BETA, NIGHTLY, day
from test.database.schema.test_roles import drop_roles
from test.servers import fresh_database


class DatabaseCommandsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.url = fresh_database(cls)
        cls.folder = Path(mkdtemp())
        cls.addClassCleanup(cls.folder.rmdir)
        with connect(cls.url) as connection:
            migrate(connection)
            for stored in (
                day(NIGHTLY, submission_date=date(2016, 1, 31)),
                day(NIGHTLY),
                day(NIGHTLY, BETA),
            ):
                ensure_partition(connection, stored.submission_date)
                replace_day(connection, stored)

    url: str
    folder: Path

    def ask(self, *arguments: str, **settings: str) -> tuple[int, str, str]:
        settings["DATABASE"] = self.url
        done = command(*arguments, cwd=self.folder, prepare=None, **settings)
        return done.returncode, done.stdout, done.stderr

    def test_history(self) -> None:
        """History shows each run, what changed and each channel before and after."""
        code, output, _ = self.ask("history", "--submission-date", "2016-03-14")
        self.assertEqual(code, 0)
        self.assertIn("run 2, stored ", output)
        self.assertIn("first run of the day", output)
        self.assertIn("changed since the run before: no definition", output)
        words = [line.split() for line in output.splitlines()]
        self.assertIn(["nightly", "1", "1", "0", "2.0"], words)
        lines = [" ".join(line) for line in words]
        self.assertIn("nightly 1 → 1 1 → 1 0 → 0 2.0 → 2.0", lines)
        self.assertIn("beta - → 1 - → 0 - → 0 - → 0.5", lines)

    def test_history_of_missing_day(self) -> None:
        """A day that is not stored is one sentence."""
        code, output, errors = self.ask("history", "--submission-date", "2016-03-15")
        self.assertEqual((code, output), (1, ""))
        self.assertRegex(errors, r"error: 2016-03-15 is not stored: .*\[day-not-stored\]\n$")

    def test_question(self) -> None:
        """A question is answered by its name; without one they are listed, and no other is."""
        code, output, _ = self.ask(
            "question", "pings-a-day", "--first-date=2016-03-01", "--last-date=20160331", "--csv"
        )
        self.assertEqual(code, 0)
        self.assertEqual(output.splitlines()[1:], ["2016-03-14,7,4,3,0,2"])
        code, output, _ = self.ask("question")
        self.assertEqual(code, 0)
        self.assertIn("crash_rates_over_time", output)
        code, _, errors = self.ask("question", "x")
        self.assertEqual(code, 2)
        self.assertRegex(errors, r"error: there is no question 'x': .*\[no-such-question\]\n$")

    def test_retention(self) -> None:
        """Retention lists what would go, and drops it only with --yes, once."""
        weeks = (datetime.now(UTC).date() - date(2016, 2, 15)).days // 7
        for arguments, dropped in (((), False), (("--yes",), True), (("--yes",), False)):
            code, output, _ = self.ask("retention", "--keep-weeks", str(weeks), *arguments)
            self.assertEqual(code, 0)
            self.assertEqual("dropped crash_aggregates_2016_01\n" in output, dropped)
            self.assertNotIn("2016_03", output)
        code, output, _ = self.ask("sql", "SELECT count(*) FROM crash_aggregates", "--csv")
        self.assertEqual(output.split()[1:], ["2"])

    def test_roles(self) -> None:
        """Init makes roles that can log in with the environment's passwords, shown nowhere."""
        prefix = f"test_{secrets.token_hex(4)}"
        self.addCleanup(drop_roles, self.url, named_roles(prefix))
        code, output, errors = self.ask(
            "database", "init", ROLE_PREFIX=prefix, READER_PASSWORD="secret-one"
        )
        self.assertEqual(code, 0)
        self.assertEqual(
            output,
            f"{prefix}_owner owns the tables, {prefix}_writer fills them, {prefix}_reader reads\n",
        )
        self.assertNotIn("secret", errors)
        with connect(self.url) as connection:
            logins = connection.execute(
                "SELECT rolname FROM pg_roles WHERE rolcanlogin AND starts_with(rolname, %s)",
                (prefix,),
            ).fetchall()
        self.assertEqual(logins, [(f"{prefix}_reader",)])

    def test_bad_prefix(self) -> None:
        """A prefix that is no name is a usage error; of a bad password nothing is shown."""
        code, _, errors = self.ask("database", "init", ROLE_PREFIX="a b")
        self.assertEqual(code, 2)
        self.assertRegex(errors, r"setting role_prefix 'a b' of .*\[bad-setting\]\n$")
