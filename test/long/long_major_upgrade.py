"""From Debian's PostgreSQL 15 to the wheel's, killed and failed on the way: half a minute."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from unittest import skipUnless

import psycopg

from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.errors import EmbeddedServerError
from test.database.server.carrying_over import CarryingOverTestCase
from test.database.server.homes import left_over_in, wait_until

SYSTEM_15 = Path("/usr/lib/postgresql/15/bin")
UPGRADE = """
import sys
from pathlib import Path
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
EmbeddedServer(Path(sys.argv[1])).upgrade()
"""


class MajorUpgradeFrom15Test(CarryingOverTestCase):
    @skipUnless(SYSTEM_15.exists(), "PostgreSQL 15 is not installed")
    def test_killed_failed_and_done(self):
        """An upgrade that is killed or fails changes nothing; the next one carries all over."""
        url = self.fill(SYSTEM_15)
        self.server.stop()
        self._kill_upgrade()
        self.assertFalse(self.files.data.exists())

        # A column that version 17 took away.
        self._execute_on_15("CREATE VIEW gone AS SELECT buffers_backend FROM pg_stat_bgwriter")
        with self.assertRaisesRegex(EmbeddedServerError, "carried over: ERROR:.*buffers_backend"):
            self.server.upgrade(old_bin=SYSTEM_15)
        self.assertFalse(self.files.data.exists())
        self._execute_on_15("DROP VIEW gone")

        done = self.server.upgrade(old_bin=SYSTEM_15)
        assert done is not None
        self.assertEqual((done.old_version, done.was_kept), (15, False))
        self.assertEqual(left_over_in(self.home), set())
        self.assertEqual(list(self.files.folder.glob("new-*")), [])
        with self.server.running() as again:
            self.assertEqual(again, url)
            self.assert_carried_over(url)

    def _execute_on_15(self, statement: str) -> None:
        with (
            EmbeddedServer(self.home, postgres_bin=SYSTEM_15).running() as url,
            psycopg.connect(url) as connection,
        ):
            connection.execute(statement)
        self.assertEqual(left_over_in(self.home), set())

    def _kill_upgrade(self) -> None:
        """Kill an upgrade when both of its servers run."""
        upgrade = subprocess.Popen([sys.executable, "-c", UPGRADE, self.home])
        wait_until(lambda: list(self.files.folder.glob("new-*/data/postmaster.pid")))
        upgrade.send_signal(signal.SIGKILL)
        upgrade.wait()
        self.assertEqual(left_over_in(self.home), set())
