"""A home of an older version of PostgreSQL, filled, and what must be there after an upgrade."""

from __future__ import annotations

from pathlib import Path

import psycopg

from crash_rate_aggregates.database.server.folder import ServerFiles
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from test.database.server.homes import VERSION, HomeTestCase, empty_home, value_of


class CarryingOverTestCase(HomeTestCase):
    """An empty home of its own."""

    def setUp(self) -> None:
        self.home = empty_home()
        self.server = EmbeddedServer(self.home)
        self.files = ServerFiles.in_home(self.home, VERSION)
        self.addCleanup(self.end, self.home)

    def fill(self, old_bin: Path) -> str:
        """Fill a server of an older version, which then is kept; return its URL."""
        url = EmbeddedServer(self.home, postgres_bin=old_bin).start()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE ROLE reader LOGIN PASSWORD 'secret'")
            connection.execute("CREATE TABLE days (day date, names jsonb)")
            connection.execute("""INSERT INTO days VALUES ('2016-03-14', '{"ü": "\\\\.\\n"}')""")
            connection.execute("GRANT SELECT ON days TO reader")
            connection.execute('CREATE DATABASE "its own"')
            # It takes one more argument since version 17, and its rights are dumped by name.
            connection.execute(
                "REVOKE ALL ON FUNCTION pg_logical_emit_message(bool, text, text) FROM PUBLIC"
            )
        return url

    def assert_carried_over(self, url: str) -> None:
        """Hold that all of `fill` is in a server of the newest version."""
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
