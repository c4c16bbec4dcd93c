from __future__ import annotations

import unittest

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.access.libpq_urls import libpq_settings, place
from crash_rate_aggregates.errors import BadSettingError


class LibpqUrlsTest(unittest.TestCase):
    def test_unreadable_urls(self) -> None:
        """A URL that libpq would cut in the wrong place is refused without showing any of it."""
        for url in (
            "postgresql://user:tell@nobody@host/crashes",
            "postgresql://user:tell/nobody@host/crashes",
            "postgresql://user:12/nobody@host",
            "postgresql://user:tell%nobody@host/crashes",
            "postgresql://user:tell@ss/no@body@host/crashes",
            "postgresql://user@host:70000/crashes",
            "postgresql://user@host:nobody/crashes",
            "postgresql://user@server:nobody@host/crashes",
            "postgresql://user@host/crashes;password=nobody",
            "postgresql://user@host/crashes?sslmode=require;password=nobody",
            "POSTGRESQL://user:nobody@host/crashes?sslmode=require",
            "nobody",
            "user=someone password=tell nobody",
            "host=db;user=someone;password=nobody",
            "host=db user=someone,pwd=nobody",
            "host=user:nobody@db",
            "host=postgresql://user:nobody@db/crashes",
            "dbname=user:nobody@db/crashes",
            "dbname=postgresql://user:nobody@db/crashes",
            "dbname='host=db password=nobody'",
            "postgresql://user:tell\0nobody@host/crashes",
            "postgresql://user:\ud800nobody@host/crashes",
        ):
            with self.subTest(url=url), self.assertRaises(BadSettingError) as caught:
                connect(url)
            self.assertEqual(
                str(caught.exception),
                "the database URL cannot be read: write "
                "postgresql://user:password@host:5432/database and percent-encode @ / : and % in "
                "the password",
            )

    def test_what_only_looks_odd(self) -> None:
        """Names that no password is the rest of are read as libpq reads them."""
        for url, settings in {
            "": {},
            "service=crashes": {"service": "crashes"},
            "host=@socket user=me@example": {"host": "@socket", "user": "me@example"},
            "host=/run/pg:x dbname=a@b": {"host": "/run/pg:x", "dbname": "a@b"},
            "postgresql://me:a:;pwd=b%40c%2F@[::1]:5/x": {
                "user": "me",
                "password": "a:;pwd=b@c/",
                "host": "::1",
                "port": "5",
                "dbname": "x",
            },
            "host=a,b port=1,2": {"host": "a,b", "port": "1,2"},
            "options='-c search_path=x'": {"options": "-c search_path=x"},
        }.items():
            with self.subTest(url=url):
                self.assertEqual(libpq_settings(url), settings)

    def test_place_of_a_socket(self) -> None:
        """What the URL leaves out is named by its default."""
        self.assertEqual(
            place("user=someone dbname=crashes host=/run/postgresql port=5433"),
            "database crashes as user someone at /run/postgresql, port 5433",
        )


if __name__ == "__main__":
    unittest.main()
