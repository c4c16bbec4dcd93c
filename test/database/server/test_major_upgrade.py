from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from unittest import TestCase, skipUnless

import psycopg

from crash_rate_aggregates.database.embedded_roles import (
    embedded_url,
    ensure_embedded_roles,
    init_embedded_roles,
)
from crash_rate_aggregates.database.schema.roles import named_roles
from crash_rate_aggregates.database.server.folder import ServerFiles
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.database.server.programs import find_programs_of
from crash_rate_aggregates.errors import EmbeddedServerError, ServerVersionError
from test.database.server.homes import VERSION, HomeTestCase, empty_home, left_over_in, value_of

SYSTEM_15 = Path("/usr/lib/postgresql/15/bin")
UPGRADE = """
import sys
from pathlib import Path
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
EmbeddedServer(Path(sys.argv[1])).upgrade()
"""


class OtherVersionTest(TestCase):
    def _refusal(self, major: int) -> str:
        """Return what is said to a home that has data of this version alone."""
        home = empty_home()
        ServerFiles.in_home(home, major).data.mkdir(parents=True)
        with (
            self.assertRaises(ServerVersionError) as caught,
            EmbeddedServer(home).running(),
        ):
            pass
        self.assertEqual([one.name for one in home.iterdir()], [f"postgresql-{major}"])
        waiting = EmbeddedServer(home).status().waiting_for_upgrade
        self.assertEqual(waiting, home / f"postgresql-{major}" if major < VERSION else None)
        return str(caught.exception).replace(str(home), "HOME")

    def test_older_data(self):
        """Beside older data no empty database is begun: one sentence names both, and the remedy."""
        self.assertEqual(
            self._refusal(9),
            "the data in 'HOME/postgresql-9' is of PostgreSQL 9 and the programs here are of "
            "PostgreSQL 18: `crash-rate-aggregates database upgrade` carries it over",
        )

    def test_newer_data(self):
        """Nor beside newer data, which only newer programs read."""
        self.assertEqual(
            self._refusal(99),
            "the data in 'HOME/postgresql-99' is of PostgreSQL 99 and the programs here are of "
            "PostgreSQL 18: install those of its version again, or name their folder in "
            "postgres_bin",
        )

    def test_nothing_to_carry_over(self):
        """A home without older data is left as it is, and not made."""
        home = empty_home()
        self.assertIsNone(EmbeddedServer(home).upgrade())
        self.assertFalse(home.exists())

    def test_old_programs_are_gone(self):
        """Without the old programs nothing happens; it is said what to install and to name."""
        home = empty_home()
        ServerFiles.in_home(home, 9).data.mkdir(parents=True)
        with self.assertRaisesRegex(EmbeddedServerError, "PostgreSQL 9 are gone.*--old-bin"):
            EmbeddedServer(home).upgrade()
        self.assertEqual(list(home.glob("postgresql-18/data")), [])


class MajorUpgradeTest(HomeTestCase):
    def setUp(self) -> None:
        self.home = empty_home()
        self.server = EmbeddedServer(self.home)
        self.files = ServerFiles.in_home(self.home, VERSION)
        self.addCleanup(self.end, self.home)

    def _fill(self, old_bin: Path) -> str:
        """Fill a server of an older version, which then is kept; return its URL."""
        url = EmbeddedServer(self.home, postgres_bin=old_bin).start()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE ROLE reader LOGIN PASSWORD 'secret'")
            connection.execute("CREATE TABLE days (day date, names jsonb)")
            connection.execute("""INSERT INTO days VALUES ('2016-03-14', '{"ü": "\\\\.\\n"}')""")
            connection.execute("GRANT SELECT ON days TO reader")
            connection.execute('CREATE DATABASE "its own"')
        return url

    def _assert_carried_over(self, url: str) -> None:
        with psycopg.connect(url) as connection:
            rows = connection.execute("SELECT day::text, names->>'ü' FROM days").fetchall()
            self.assertEqual(rows, [("2016-03-14", "\\.\n")])
            databases = "SELECT count(*) FROM pg_database WHERE datname = 'its own'"
            self.assertEqual(connection.execute(databases).fetchone(), (1,))
            version = connection.execute("SHOW server_version").fetchone()
            self.assertEqual(str(version and version[0]).partition(".")[0], str(VERSION))
        own = url.partition("//")[2].partition("@")[0]
        self.assertEqual(
            value_of(url.replace(own, "reader:secret"), "SELECT count(*) FROM days"), 1
        )

    def test_kept_server(self):
        """Roles, databases and rows are carried over; password, port and that it is kept stay."""
        # The wheel brings the version before too.
        url = self._fill(find_programs_of(16, self.home, None).folder)
        self.assertEqual(self.server.status().waiting_for_upgrade, self.home / "postgresql-16")
        done = self.server.upgrade()
        assert done is not None
        self.assertEqual((done.old_version, done.new_version, done.was_kept), (16, 18, True))
        self.assertEqual(done.old_folder, self.home / "postgresql-16-upgraded")
        self.assertTrue((done.old_folder / "data").is_dir())
        self.assertEqual(self.server.url(), url)
        self._assert_carried_over(url)
        self.assertIsNone(self.server.upgrade())
        self.server.stop()
        self.assertEqual(left_over_in(self.home), set())

    def test_roles_of_the_program(self):
        """Our roles keep passwords, rights and limits; the next run closes the other databases."""
        roles = named_roles("crash_rate")
        old_bin = find_programs_of(16, self.home, None).folder
        init_embedded_roles(EmbeddedServer(self.home, postgres_bin=old_bin).start(), roles)
        self.assertIsNotNone(self.server.upgrade())
        ensure_embedded_roles(self.server.url(), roles)
        reader = embedded_url(self.server.url(), roles, "reader")
        for query, value in (
            ("SELECT count(*) FROM crash_aggregates", 0),
            ("SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user", 11),
            ("SELECT has_function_privilege('lo_create(oid)', 'EXECUTE')", False),
            ("SELECT has_database_privilege('postgres', 'CONNECT')", False),
        ):
            self.assertEqual(value_of(reader, query), value, query)
        self.server.stop()
        self.assertEqual(left_over_in(self.home), set())

    @skipUnless(SYSTEM_15.exists(), "PostgreSQL 15 is not installed")
    def test_killed_failed_and_done(self):
        """An upgrade that is killed or fails changes nothing; the next one carries all over."""
        url = self._fill(SYSTEM_15)
        self.server.stop()
        self._kill_upgrade()
        self.assertFalse(self.files.data.exists())

        old = ServerFiles.in_home(self.home, 15)
        with EmbeddedServer(self.home, postgres_bin=SYSTEM_15).running():
            place = value_of(url, "SELECT pg_relation_filepath('days')")
        self.assertEqual(left_over_in(self.home), set())
        rows = old.data / str(place)
        rows.rename(old.folder / "lost")
        with self.assertRaisesRegex(EmbeddedServerError, "could not be carried over: pg_dump"):
            self.server.upgrade(old_bin=SYSTEM_15)
        self.assertFalse(self.files.data.exists())
        (old.folder / "lost").rename(rows)

        done = self.server.upgrade(old_bin=SYSTEM_15)
        assert done is not None
        self.assertEqual((done.old_version, done.was_kept), (15, False))
        self.assertEqual(left_over_in(self.home), set())
        self.assertEqual(list(self.files.folder.glob("new-*")), [])
        with self.server.running() as again:
            self.assertEqual(again, url)
            self._assert_carried_over(url)

    def _kill_upgrade(self) -> None:
        """Kill an upgrade when both of its servers run."""
        upgrade = subprocess.Popen([sys.executable, "-c", UPGRADE, self.home])
        while not list(self.files.folder.glob("new-*/data/postmaster.pid")):
            pass
        upgrade.send_signal(signal.SIGKILL)
        upgrade.wait()
        self.assertEqual(left_over_in(self.home), set())
