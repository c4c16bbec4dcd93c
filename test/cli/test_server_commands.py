from __future__ import annotations

import os
import signal

import psycopg

from crash_rate_aggregates.database.server.folder import ServerFiles
from test.cli.command_line import command
from test.database.server.homes import HomeTestCase, left_over_in, value_of


class ServerCommandsTest(HomeTestCase):
    def _ask(self, *arguments: str, code: int = 0) -> str:
        """Return what a command says in sum, without a traceback."""
        done = command(*arguments, cwd=self.home, HOME=str(self.home))
        self.assertEqual((done.returncode, "Traceback" in done.stderr), (code, False), done.stderr)
        return done.stderr + done.stdout

    def test_start_and_stop(self):
        """`start` prints the URL of a server that stays, `stop` says what is true."""
        url = self._ask("database", "start").splitlines()[-1]
        self.assertEqual(value_of(url, "SELECT 1"), 1)
        self.assertRegex(self._ask("database", "status"), r"is running +True\s+kept +True")
        self.assertEqual(self._ask("database", "stop"), "stopped\n")
        self.assertEqual(left_over_in(self.home), set())
        self.assertEqual(self._ask("database", "stop"), "it was not running\n")
        self.assertIn("does not run", self._ask("database", "url", code=1))

    def test_killed_session(self):
        """After one session was killed, the next command answers, and nothing stays."""
        url = self._ask("database", "start").splitlines()[-1]
        with psycopg.connect(url) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
        self.assertIn("42", self._ask("sql", "SELECT 42 AS answer"))
        self.assertEqual(self._ask("database", "stop"), "stopped\n")
        self.assertEqual(left_over_in(self.home), set())

    def test_upgrade(self):
        """`upgrade` says when there is nothing to do, and names what is missing."""
        self.assertEqual(self._ask("database", "upgrade"), "nothing to carry over\n")
        older = ServerFiles.in_home(self.home / "other", 9)
        older.data.mkdir(parents=True)
        home = ("--home", str(older.home))
        refused = self._ask("sql", "SELECT 1", *home, code=1)
        self.assertIn("`crash-rate-aggregates database upgrade`", refused)
        self.assertIn("--old-bin", self._ask("database", "upgrade", *home, code=1))
        self.assertIn(str(older.folder), self._ask("database", "status", *home))
