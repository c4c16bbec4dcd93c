from __future__ import annotations

import unittest

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from crash_rate_aggregates.database.access.connection import check_server, connect
from crash_rate_aggregates.errors import DatabaseError, DatabaseRefusedError
from test.servers import fresh_database


class ConnectionTest(unittest.TestCase):
    def test_session(self):
        """A connection is in autocommit mode, in UTC, and names the program."""
        with connect(fresh_database(self)) as connection:
            row = connection.execute(
                "SELECT current_setting('TimeZone'), current_setting('application_name'), "
                "current_setting('client_encoding')"
            ).fetchone()
            self.assertEqual(row, ("UTC", "crash-rate-aggregates", "UTF8"))
            self.assertTrue(connection.autocommit)

    def test_key_value_string(self):
        """A key=value string works like a URL, and its own application name stays."""
        settings = {**conninfo_to_dict(fresh_database(self)), "application_name": "mine"}
        with connect(make_conninfo("", **settings)) as connection:
            row = connection.execute("SELECT current_setting('application_name')").fetchone()
            self.assertEqual(row, ("mine",))

    def test_isolation_does_not_follow_the_role(self):
        """Each statement has its own snapshot although the database's default is another."""
        url = fresh_database(self)
        with connect(url) as connection:
            connection.execute(
                psycopg.sql.SQL(
                    "ALTER DATABASE {} SET default_transaction_isolation = 'serializable'"
                ).format(psycopg.sql.Identifier(connection.info.dbname))
            )
        with connect(url) as connection, connection.transaction():
            row = connection.execute("SHOW transaction_isolation").fetchone()
            self.assertEqual(row, ("read committed",))

    def test_wrong_password(self):
        """The error names place and reason, and never the password."""
        settings = conninfo_to_dict(fresh_database(self))
        url = make_conninfo("", **{**settings, "password": "tell-nobody"})
        with self.assertRaises(DatabaseRefusedError) as caught:
            connect(url)
        self.assertEqual(
            str(caught.exception),
            f"no connection to database {settings['dbname']} as user {settings['user']} at "
            f"{settings['host']}, port {settings['port']}: FATAL:  password authentication failed "
            f'for user "{settings["user"]}"; check the URL, the password and that the server runs',
        )
        self.assertIsNone(caught.exception.__cause__)
        self.assertTrue(caught.exception.__suppress_context__)

    def test_nobody_listens(self):
        """A port without a server is refused in one sentence."""
        with self.assertRaises(DatabaseRefusedError) as caught:
            connect("postgresql://someone:tell-nobody@127.0.0.1:1/crashes")
        self.assertEqual(
            str(caught.exception),
            "no connection to database crashes as user someone at 127.0.0.1, port 1: "
            "Connection refused; check the URL, the password and that the server runs",
        )

    def test_old_server(self):
        """A server before 15, or a database that is not in UTF-8, is refused."""
        check_server("it", version=150000, version_text="15.0", encoding="UTF8")
        with self.assertRaisesRegex(
            DatabaseError, r"^it is PostgreSQL 14\.9: version 15 or later is needed$"
        ):
            check_server("it", version=140009, version_text="14.9", encoding="UTF8")
        with self.assertRaisesRegex(
            DatabaseError, "^it has the encoding LATIN1: make a database with ENCODING 'UTF8'$"
        ):
            check_server("it", version=180004, version_text="18.4", encoding="LATIN1")
