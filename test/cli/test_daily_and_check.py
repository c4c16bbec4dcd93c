from __future__ import annotations

import json
import secrets
import subprocess
import unittest
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.roles import init_roles, named_roles
from test.aws_server import put_object, put_secret, start_aws
from test.cli.command_line import COMMAND, PROJECT, command, environment
from test.database.schema.test_roles import drop_roles
from test.dated_pings import write_pings
from test.servers import fresh_database

TODAY = datetime.now(UTC).date()


class DailyTest(unittest.TestCase):
    """A scheduler's day: two of the last 3 days have pings, then all have."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.url = fresh_database(self)

    def typed(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command against the test's pings and database."""
        return command(
            *arguments,
            cwd=self.folder,
            PINGS=str(self.folder / "pings"),
            DATABASE=self.url,
            JOBS="1",
        )

    def test_daily_heals_and_check_says_so(self) -> None:
        """A missing day fails daily and check until its pings are there; then both are content."""
        days = [TODAY - timedelta(days=number) for number in (3, 2, 1)]
        write_pings(self.folder / "pings", days[0], days[2])
        first = self.typed("daily", "--heal-days", "3")
        self.assertEqual(first.returncode, 1, first.stderr)
        (line,) = [line for line in first.stderr.splitlines() if line.startswith("error")]
        self.assertRegex(line, rf"^error: {days[1]}: no pings for {days[1]} .*\[no-pings\]$")
        self.assertEqual(
            [text[:10] for text in first.stdout.splitlines()], [str(days[0]), str(days[2])]
        )

        checked = self.typed("check", "--days", "3")
        self.assertEqual(checked.returncode, 3)
        whole = "whole, 2 main and 1 crash pings counted, with no past to compare its volume with"
        self.assertEqual(checked.stdout.splitlines()[0], f"{days[0]}: {whole}")
        self.assertRegex(
            checked.stdout.splitlines()[1], f"^{days[1]}: missing: .*; failed: .*no pings"
        )
        self.assertEqual(
            checked.stderr.splitlines()[-1],
            f"error: 1 of 3 days are not as they should be: {days[1]} missing, failed "
            "[check-failed]",
        )

        write_pings(self.folder / "pings", days[1])
        second = self.typed("daily", "--heal-days", "3")
        self.assertEqual((second.returncode, second.stdout[:10]), (0, str(days[1])))
        self.assertEqual(self.typed("daily", "--heal-days", "3").stdout, "no day is due\n")
        well = self.typed("check", "--days", "3", "--json")
        self.assertEqual((well.returncode, well.stderr), (0, ""))
        document = json.loads(well.stdout)
        self.assertEqual(document["status"], "ok")
        self.assertEqual(
            document["days"][1],
            {
                "submission_date": str(days[1]),
                "status": "ok",
                "main_pings": 2,
                "crash_pings": 1,
                "has_past": False,
                "findings": [],
            },
        )

    def test_json_of_a_failed_check(self) -> None:
        """--json carries each finding, and the exit code is 3 all the same."""
        with connect(self.url) as connection:
            migrate(connection)
        checked = self.typed(
            "check", "--days", "1", "--json", "--max-submission-date", "2016-03-14"
        )
        self.assertEqual(checked.returncode, 3)
        document = json.loads(checked.stdout)
        self.assertEqual(document["status"], "failed")
        self.assertEqual(
            document["days"][0]["findings"], [{"fault": "missing", "text": "it was never stored"}]
        )


class CredentialsTest(unittest.TestCase):
    """The same database, asked with its password from different places."""

    parts: ClassVar[dict[str, str]]
    folder: ClassVar[Path]

    @classmethod
    def setUpClass(cls) -> None:
        cls.parts = {
            name: str(value) for name, value in conninfo_to_dict(fresh_database(cls)).items()
        }
        # As the reader: whoever may do more is warned, and not what is looked at here.
        roles = named_roles(f"test_{secrets.token_hex(4)}")
        url = make_conninfo("", **cls.parts)
        cls.addClassCleanup(drop_roles, url, roles)
        cls.parts |= {"user": roles.reader, "password": secrets.token_hex(8)}
        with connect(url) as connection:
            init_roles(connection, roles, {"reader": cls.parts["password"]})
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))
        start_aws(cls)

    def asked(self, *arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
        """Ask for the role in use."""
        done = command(
            *("sql", "SELECT current_user", "--csv"), *arguments, cwd=self.folder, **settings
        )
        self.assertNotIn(self.parts["password"], done.stdout + done.stderr)
        return done

    def assert_answers(self, done: subprocess.CompletedProcess[str]) -> None:
        self.assertEqual(done.stdout, f"current_user\n{self.parts['user']}\n", done.stderr)

    def place(self) -> tuple[str, ...]:
        """Return the flags that name the database, without its password."""
        return (
            *("--pg-host", self.parts["host"], "--pg-name", self.parts["dbname"]),
            *("--pg-username", self.parts["user"], "--database", f"port={self.parts['port']}"),
        )

    def test_object_of_2016(self) -> None:
        """A password alone in S3 and the flags of 2016 open the database."""
        body = json.dumps({"password": self.parts["password"]}).encode()
        put_object("telemetry-spark-emr", "crash_rate.json", body)
        credentials = "s3://telemetry-spark-emr/crash_rate.json"
        self.assert_answers(self.asked(*self.place(), "--database-credentials", credentials))

    def test_all_in_one_secret(self) -> None:
        """A secret in Secrets Manager that says all needs no other setting."""
        secret = {name: self.parts[name] for name in ("password", "host", "user")}
        text = json.dumps(
            {**secret, "port": int(self.parts["port"]), "database": self.parts["dbname"]}
        )
        put_secret("crash/writer", SecretString=text)
        done = self.asked(DATABASE_CREDENTIALS="secretsmanager://crash/writer")
        self.assert_answers(done)

    def test_password_file_of_libpq(self) -> None:
        """Without credentials of ours libpq looks for the password where it always does."""
        pgpass = self.folder / "pgpass"
        pgpass.write_text(f"*:*:*:*:{self.parts['password']}\n", encoding="utf-8")
        pgpass.chmod(0o600)
        done = subprocess.run(
            [*COMMAND, "sql", "SELECT current_user", "--csv", *self.place()],
            cwd=self.folder,
            env={**environment(), "PGPASSFILE": str(pgpass)},
            capture_output=True,
            text=True,
            check=False,
        )
        self.assert_answers(done)

    def test_password_in_an_argument(self) -> None:
        """--pg-password works, with a warning that says what to use."""
        done = self.asked(*self.place(), "--pg-password", self.parts["password"])
        self.assert_answers(done)
        self.assertEqual(
            done.stderr,
            "warning: --pg-password is seen by all who can list processes: use "
            "--database-credentials, CRASH_RATE_AGGREGATES_PG_PASSWORD or ~/.pgpass\n",
        )
        silent = self.asked(*self.place(), PG_PASSWORD=self.parts["password"])
        self.assertEqual(silent.stderr, "")
        self.assert_answers(silent)

    def test_wrong_password(self) -> None:
        """A wrong password from S3 is refused in one line that does not show it."""
        put_object("wrong", "db.json", b'{"password": "tell-nobody"}')
        done = self.asked(*self.place(), "--database-credentials", "s3://wrong/db.json")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(
            done.stderr, r"^error: no connection to database .*\[database-refused\]\n$"
        )
        self.assertNotIn("tell-nobody", done.stderr)

    def test_the_secret_is_in_no_process(self) -> None:
        """While the program works, neither its arguments nor its environment hold the password."""
        body = json.dumps({"password": self.parts["password"]}).encode()
        put_object("quiet", "db.json", body)
        command_line = [*COMMAND, "sql", "SELECT pg_sleep(600)", *self.place()]
        with (
            connect(make_conninfo("", **self.parts)) as watching,
            subprocess.Popen(
                [*command_line, "--database-credentials", "s3://quiet/db.json"],
                cwd=PROJECT,
                env=environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as process,
        ):
            try:
                sleeping = (
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()"
                )
                while watching.execute(sleeping).fetchone() == (0,):
                    self.assertIsNone(process.poll())
                for name in ("cmdline", "environ"):
                    shown = Path(f"/proc/{process.pid}/{name}").read_bytes()
                    self.assertNotIn(self.parts["password"].encode(), shown)
            finally:
                process.kill()


if __name__ == "__main__":
    unittest.main()
