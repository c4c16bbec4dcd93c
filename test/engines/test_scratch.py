"""The folder for rows between stages: one a run, locked, and removed even after a kill."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
import signal
import subprocess
import sys
import unittest
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from crash_rate_aggregates.engines.scratch import scratch_faults, scratch_folder
from crash_rate_aggregates.errors import ScratchError, ScratchFullError
from test.cli.command_line import PROJECT
from test.sources.stores.nobody import as_nobody

RUNS = 3
FOLDERS = 300
HOLD_A_FOLDER = """
import sys, time
from pathlib import Path
from crash_rate_aggregates.engines.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1])) as folder:
    (folder / "rows").write_bytes(b"x")
    print(folder, flush=True)
    sys.stdin.read()
"""


def is_locked(folder: Path) -> bool:
    """Tell whether somebody, this process included, holds the folder."""
    descriptor = os.open(folder / "in-use", os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def faults_of_many_folders(parent: Path) -> list[str]:
    """Make folder after folder, as runs do that start together, and say what was not as it must."""
    faults = []
    for _ in range(FOLDERS):
        try:
            with scratch_folder(parent) as folder:
                (folder / "rows").write_bytes(b"x")
                if not is_locked(folder):
                    faults.append("not locked")
                if sorted(os.listdir(folder)) != ["in-use", "rows"]:
                    faults.append("emptied")
        except (OSError, ScratchError) as error:
            faults.append(repr(error))
    return faults


class ScratchFolderTest(unittest.TestCase):
    def setUp(self) -> None:
        self.parent = Path(self.enterContext(TemporaryDirectory())) / "scratch"

    def test_runs_that_start_together(self) -> None:
        """Runs that make and remove folders at one time each have one that is theirs alone."""
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(RUNS, mp_context=context) as pool:
            found = list(pool.map(faults_of_many_folders, [self.parent] * RUNS))
        self.assertEqual(found, [[]] * RUNS)
        self.assertEqual(list(self.parent.iterdir()), [])

    def test_folder_of_a_killed_run(self) -> None:
        """The folder of a run that lives stays; that of a killed one goes with the next run."""
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD_A_FOLDER, str(self.parent)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(holder.communicate)
        self.addCleanup(holder.kill)
        assert holder.stdout is not None
        held = Path(holder.stdout.readline().strip())
        with scratch_folder(self.parent):
            self.assertEqual((held / "rows").read_bytes(), b"x")
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        self.assertTrue(held.exists())
        with scratch_folder(self.parent) as folder:
            self.assertEqual(list(self.parent.iterdir()), [folder])

    def test_what_is_not_ours(self) -> None:
        """A folder by another name, and one that no run has locked yet, are left alone."""
        for name in ("mine", "crash-rate-aggregates-day-new"):
            (self.parent / name).mkdir(parents=True)
        with scratch_folder(self.parent):
            pass
        self.assertEqual(len(list(self.parent.iterdir())), 2)


class ScratchFaultsTest(unittest.TestCase):
    def test_remedy_by_reason(self) -> None:
        """Only a disk without room asks for space; a missing right asks for the right."""
        for number, kind, remedy in (
            (errno.ENOSPC, ScratchFullError, "No space left on device; free space or name"),
            (errno.EDQUOT, ScratchFullError, "free space or name"),
            (errno.EACCES, ScratchError, "Permission denied; give the job's user permission or"),
            (errno.EROFS, ScratchError, "Read-only file system; give the job's user permission"),
            (errno.EIO, ScratchError, "Input/output error; name another folder in the setting"),
        ):
            with (
                self.subTest(remedy=remedy),
                self.assertRaisesRegex(ScratchError, f"^cannot write 'x': .*{remedy}") as raised,
                scratch_faults("write 'x'"),
            ):
                raise OSError(number, os.strerror(number))
            self.assertIs(type(raised.exception), kind)

    def test_folder_without_rights(self) -> None:
        """A folder that may not be written, or be made, is said with its name."""
        closed = Path(self.enterContext(TemporaryDirectory()))
        closed.chmod(0o555)
        self.addCleanup(closed.chmod, 0o755)
        for parent in (closed, closed / "deeper"):
            with (
                as_nobody(),
                self.assertRaisesRegex(ScratchError, f"'{parent}': Permission denied; give the"),
                scratch_folder(parent),
            ):
                self.fail("a folder where none may be made")


if __name__ == "__main__":
    unittest.main()
