"""Days are replaced while readers poll, directly and through pgbouncer's transaction pooling.

Install it (Debian and Ubuntu: apt install pgbouncer), or these tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg import IsolationLevel
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.vacuum import vacuum_day
from test.database.days.refilling import Reader, poll
from test.database.sample_days import SUBMISSION_DATE, DatabaseTestCase, Row, day
from test.database.server.homes import wait_until

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
_CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
auth_type = any
pool_mode = transaction
default_pool_size = 2
unix_socket_dir =
logfile = {folder}/log
"""
REFILLS = 50


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@unittest.skipUnless(PGBOUNCER, "pgbouncer is not installed")
class PooledReadersTest(DatabaseTestCase):
    def pooled(self) -> str:
        """Start pgbouncer before the server, with fewer connections than readers."""
        given = conninfo_to_dict(self.url)
        folder = Path(self.enterContext(TemporaryDirectory()))
        folder.chmod(0o777)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        target = f"user={given['user']} password={given['password']}"
        text = _CONFIGURATION.format(**given, listen_port=port, folder=folder)
        configuration = folder / "pgbouncer.ini"
        configuration.write_text(text.replace("\n[pgbouncer]", f" {target}\n[pgbouncer]"))
        # It refuses to run as root.
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        process = subprocess.Popen(
            [str(PGBOUNCER), "-q", *user, str(configuration)], stderr=subprocess.DEVNULL
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        wait_until(lambda: _answers(port))
        return make_conninfo(self.url, host="127.0.0.1", port=port)

    def test_whole_days(self) -> None:
        """Each poll sees the old day or the new one whole, at both levels, pooled or not."""
        versions = [
            day(*[Row({"channel": f"{number}"}, {"ping_count": 1}) for number in range(rows)])
            for rows in (300, 700)
        ]
        replace_day(self.connection, versions[0])
        is_over = threading.Event()
        levels = (IsolationLevel.READ_COMMITTED, IsolationLevel.REPEATABLE_READ)
        readers = {
            (name, number): (url, Reader(level))
            for name, url in (("direct", self.url), ("pooled", self.pooled()))
            for number, level in enumerate(levels * 2)
        }
        with ThreadPoolExecutor(len(readers)) as pool:
            polls = [
                pool.submit(poll, url, versions[0], reader, is_over)
                for url, reader in readers.values()
            ]
            try:
                for number in range(REFILLS):
                    replace_day(self.connection, versions[1 - number % 2])
                    vacuum_day(self.connection, SUBMISSION_DATE)
            finally:
                is_over.set()
            for one in polls:
                one.result()
        for (name, _), (_, reader) in readers.items():
            print(f"{name}, {reader.level.name}: {reader.reads} polls", file=sys.stderr)  # noqa: T201  Figures.
            with self.subTest(name=name, level=reader.level):
                self.assertEqual(reader.seen, {(300, 300), (700, 700)})
                self.assertGreater(reader.reads, REFILLS / 4)


if __name__ == "__main__":
    unittest.main()
