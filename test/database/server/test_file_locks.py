from __future__ import annotations

import fcntl
import logging
import os
import shutil
import stat
import subprocess
from unittest import skipUnless

from crash_rate_aggregates.database.server import file_locks
from crash_rate_aggregates.database.server.file_locks import is_held, is_taken, locked, opened
from crash_rate_aggregates.database.server.server_user import ServerUser
from test.database.server.homes import HomeTestCase, empty_home


class _Leaving(logging.Handler):
    """A holder that gives its lock back when somebody says that they wait for it."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._descriptor = descriptor

    def emit(self, record: logging.LogRecord) -> None:
        """Note the line, and leave."""
        self.lines.append(record.getMessage())
        os.close(self._descriptor)


class FileLocksTest(HomeTestCase):
    def test_locks_are_private(self):
        """Nobody else can open a lock file, or the log, nor one from a time of looser rights."""
        self.files.clients_lock.touch()
        self.files.clients_lock.chmod(0o644)
        with self.server.running():
            private = (*self.files.folder.glob("*.lock"), self.files.log, self.files.password)
            modes = {stat.S_IMODE(file.stat().st_mode) for file in private}
        self.assertEqual((len(private), modes), (6, {0o600}))

    @skipUnless(os.geteuid() == 0, "only root can become another user")
    def test_other_users_cannot_lock(self):
        """Another user is refused each lock file of root's server."""
        with self.server.running():
            for file in self.files.folder.glob("*.lock"):
                done = subprocess.run(
                    ["/usr/bin/flock", "--nonblock", file, "true"],
                    capture_output=True,
                    text=True,
                    check=False,
                    **ServerUser.of_this_process().for_popen,
                )
                self.assertIn("Permission denied", done.stderr)

    def test_wait_is_told(self):
        """Who waits longer than a moment says once for what, and then gets the lock."""
        path = empty_home().with_name("a.lock")
        holder = opened(path)
        self.addCleanup(shutil.rmtree, path.parent)
        self.assertTrue(is_taken(holder, fcntl.LOCK_EX))
        self.assertTrue(is_held(path))
        leaving = _Leaving(holder)
        logger = logging.getLogger(file_locks.__name__)
        logger.addHandler(leaving)
        self.addCleanup(logger.removeHandler, leaving)
        self.addCleanup(logger.setLevel, logger.level)
        logger.setLevel(logging.INFO)
        with locked(path, fcntl.LOCK_SH, waiting_for="another command"):
            self.assertTrue(is_held(path))
        self.assertEqual(leaving.lines, [f"waiting for another command (lock {str(path)!r})"])

    def test_nothing_is_made(self):
        """Asking for a lock that nobody ever took makes no file."""
        path = empty_home().with_name("a.lock")
        self.assertFalse(is_held(path))
        self.assertFalse(path.exists())
