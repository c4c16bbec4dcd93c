"""The embedded server has an owner, a writer and a reader; its superuser only makes them."""

from __future__ import annotations

import os
import secrets
import shutil
import unittest
from pathlib import Path
from tempfile import mkdtemp
from unittest.mock import patch

import psycopg

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.embedded_roles import embedded_url, ensure_embedded_roles
from crash_rate_aggregates.database.schema.roles import named_roles
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.errors import QueryError
from crash_rate_aggregates.questions.statement import ask
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.from_settings import chosen_database
from test.cli.test_cli import typed
from test.database.schema.test_predecessor import restore
from test.questions.test_statement import PROGRAM_STARTERS

NO_SETTINGS = {key: value for key, value in os.environ.items() if not key.startswith("CRASH_RATE")}
QUESTIONS = (("sql", "SELECT 1"), ("rates",), ("check",), ("retention",))
ROLES = named_roles("crash_rate")
ATTACKS = (
    *PROGRAM_STARTERS,
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_export(lo_from_bytea(0, 'x'), '{marker}')",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT set_config('role', 'crash_rate_owner', false)",
    "SELECT set_config('session_authorization', 'crash_rate_aggregates', false)",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user",
    "SELECT pg_reload_conf()",
    "SELECT rolpassword FROM pg_authid",
    "SELECT crash_aggregates_make_partition('2016-03-14')",
)


class EmbeddedRolesTest(unittest.TestCase):
    """A home that an older program has made, with one superuser and tables of that time."""

    home: Path
    server_url: str
    answers: list[tuple[int, str, str]]
    """What questions said while there were no roles."""
    roles_after_questions: list[tuple[str]]

    @classmethod
    def setUpClass(cls) -> None:
        parent = Path(mkdtemp(prefix="crash-rate-aggregates-test-"))
        parent.chmod(0o755)
        cls.addClassCleanup(shutil.rmtree, parent, ignore_errors=True)
        cls.home = parent / "home"
        server = EmbeddedServer(cls.home)
        cls.addClassCleanup(server.stop)
        cls.server_url = cls.enterClassContext(server.running())
        restore(cls.server_url)
        with patch.dict(os.environ, NO_SETTINGS, clear=True):
            cls.answers = [typed(*question, "--home", str(cls.home)) for question in QUESTIONS]
        with connect(cls.server_url) as connection:
            cls.roles_after_questions = connection.execute(
                "SELECT rolname FROM pg_roles WHERE rolname ~ '^crash_rate_[orw]'"
            ).fetchall()
        cls.filled()

    @classmethod
    def filled(cls) -> list[tuple[str, str]]:
        """Open the database as a run does; return the role, and what changes if rights are set."""
        settings = load_settings({"home": str(cls.home)}, None)
        with chosen_database(settings) as url, connect(url) as writer:
            (role,) = writer.execute("SELECT current_user").fetchall()[0]
        with connect(cls.server_url) as connection:
            changes = connection.execute(
                "SELECT xmin::text FROM pg_shdescription WHERE classoid = 'pg_authid'::regclass"
            ).fetchall()
        return [(role, change) for (change,) in changes]

    def setUp(self) -> None:
        self.enterContext(patch.dict(os.environ, NO_SETTINGS, clear=True))

    def ask(self, *arguments: str) -> tuple[int, str, str]:
        """Type a command for that home."""
        return typed(*arguments, "--home", str(self.home))

    def init(self) -> None:
        """Set everything right."""
        code, output, _ = self.ask("database", "init")
        self.assertEqual((code, output.split()[0]), (0, ROLES.owner))

    def refused(self, *arguments: str) -> str:
        """Return the one sentence that a command ends with."""
        code, output, errors = self.ask(*arguments)
        self.assertEqual((code, output), (1, ""))
        self.assertRegex(errors, r"^error: .* \[[\w-]+\]\n$")
        return errors

    def test_home_without_roles(self) -> None:
        """A question about an older home says what makes the roles, and makes none itself."""
        self.assertEqual(self.roles_after_questions, [])
        for code, output, errors in self.answers:
            self.assertEqual((code, output), (1, ""))
            self.assertRegex(
                errors,
                "^error: .* does not let its (reader|owner) in: `database init` makes its roles, "
                r"or sets them right \[embedded-server\]\n$",
            )

    def test_filling_makes_them(self) -> None:
        """What fills days makes tables and roles, once, and is the writer from there on."""
        made = self.filled()
        self.assertEqual([role for role, _ in made], [ROLES.writer])
        self.assertEqual(self.filled(), made)
        code, output, errors = self.ask("sql", "SELECT current_user", "--csv")
        self.assertEqual((code, output.split()[1:], errors), (0, [ROLES.reader], ""))
        code, output, _ = self.ask("rates")
        self.assertEqual(code, 0)
        self.assertIn("nightly", output)

    def test_attacks(self) -> None:
        """No question reads or writes a file, starts a program or becomes another role."""
        marker = self.home / secrets.token_hex(8)
        first = ATTACKS[0].format(marker=marker)
        self.assertRegex(self.refused("sql", first), "statement was rejected")
        # One connection for all: each `sql` would open it like this.
        reader = self.enterContext(connect(embedded_url(self.server_url, ROLES, "reader")))
        for attack in ATTACKS:
            with (
                self.subTest(attack=attack),
                self.assertRaisesRegex(QueryError, "statement was rejected"),
            ):
                ask(reader, attack.format(marker=marker))
        self.assertFalse(marker.exists())

    def test_other_databases(self) -> None:
        """Only the superuser may enter the databases in which rights are everybody's."""
        for kind in ("owner", "writer", "reader"):
            url = embedded_url(self.server_url, ROLES, kind)
            for database in ("postgres", "template1"):
                with (
                    self.subTest(kind=kind, database=database),
                    self.assertRaisesRegex(psycopg.OperationalError, "permission denied for datab"),
                ):
                    psycopg.connect(url, dbname=database)

    def test_changed_password(self) -> None:
        """A reader that changed its password locks questions out until `database init`."""
        with connect(embedded_url(self.server_url, ROLES, "reader")) as reader:
            reader.execute("SET default_transaction_read_only = off")
            reader.execute("ALTER ROLE CURRENT_USER PASSWORD 'known to nobody'")
        self.assertIn("`database init` makes its roles", self.refused("sql", "SELECT 1"))
        self.init()
        self.assertEqual(self.ask("sql", "SELECT 1")[0], 0)

    def test_urls(self) -> None:
        """`database url` gives the reader's URL, or another role's, never the superuser's."""
        for arguments, role in (
            ((), ROLES.reader),
            (("--role", "writer"), ROLES.writer),
            (("--role", "owner"), ROLES.owner),
        ):
            code, output, _ = self.ask("database", "url", *arguments)
            self.assertEqual(code, 0)
            with connect(output.strip()) as connection:
                self.assertEqual(connection.execute("SELECT current_user").fetchone(), (role,))

    def test_passwords_of_settings(self) -> None:
        """A password for a role is not taken by the embedded server, which has its own."""
        with patch.dict(os.environ, CRASH_RATE_AGGREGATES_READER_PASSWORD="marker"):
            code, _, errors = self.ask("database", "init")
        self.assertEqual(code, 2)
        self.assertRegex(errors, "the embedded server takes no reader_password")
        self.assertNotIn("marker", errors)

    def test_retention(self) -> None:
        """Months are dropped as the owner."""
        code, output, _ = self.ask("retention", "--keep-weeks", "10000", "--yes")
        self.assertEqual((code, output), (0, "No month is wholly older than 10000 weeks.\n"))

    def test_rights_of_another_version(self) -> None:
        """Rights that another version of the program has set are set anew."""
        with connect(self.server_url) as connection:
            connection.execute("COMMENT ON ROLE crash_rate_owner IS 'older rights'")
            connection.execute("ALTER ROLE crash_rate_reader CONNECTION LIMIT -1")
            ensure_embedded_roles(self.server_url, ROLES)
            row = connection.execute(
                "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'crash_rate_reader'"
            ).fetchone()
        self.assertEqual(row, (11,))


if __name__ == "__main__":
    unittest.main()
