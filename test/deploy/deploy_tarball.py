"""The tarball: the same bytes from the same sources, and all that a cluster needs."""

from __future__ import annotations

import os
import sys
import tarfile
import unittest
from hashlib import sha256
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

from crash_rate_aggregates import __version__
from test.deploy.playbooks import PROJECT
from test.deploy.processes import finished

TOP = f"crash-rate-aggregates-{__version__}"


def built(project: Path, output: Path, umask: int = 0o022) -> str:
    """Build the tarball of a copy of the project; return what was said."""
    done = finished(
        [sys.executable, project / "deploy" / "build_tarball.py", "--output", output],
        seconds=120,
        cwd=project,
        umask=umask,
    )
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


def copied(folder: Path) -> Path:
    """Copy the project as another person's clone: other times, other modes, no caches."""
    target = folder / "a clone"
    ignored = ignore_patterns(
        ".*venv*", ".git", ".mypy_cache", ".ruff_cache", "dist", "__pycache__"
    )
    copytree(PROJECT, target, ignore=ignored)
    for file in target.rglob("*"):
        os.utime(file, (1_000_000_000, 1_000_000_000))
        if file.is_file():
            file.chmod(0o600)
    (target / "crash_rate_aggregates" / "__pycache__").mkdir()
    (target / "crash_rate_aggregates" / "__pycache__" / "x.pyc").write_bytes(b"x")
    return target


class TarballTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))

    def test_reproducible(self) -> None:
        """Two clones with other times, modes and umasks give the same bytes."""
        first, second = self.folder / "1.tar.gz", self.folder / "2.tar.gz"
        said = built(PROJECT, first)
        digest = sha256(first.read_bytes()).hexdigest()
        size = f"{first.stat().st_size:,}"
        self.assertEqual(
            said, f"made: {first}, version {__version__}, {size} bytes, sha256 {digest}\n"
        )
        built(copied(self.folder), second, umask=0o077)
        self.assertEqual(sha256(second.read_bytes()).hexdigest(), digest)

    def test_unchanged(self) -> None:
        """A tarball that is there with the same bytes is left alone."""
        output = self.folder / "dist" / "job.tar.gz"
        built(PROJECT, output)
        os.utime(output, (1_000_000_000, 1_000_000_000))
        self.assertTrue(built(PROJECT, output).startswith("unchanged: "))
        self.assertEqual(output.stat().st_mtime, 1_000_000_000)

    def test_content(self) -> None:
        """It holds the wheel, the lock, the entry script and the version, owned by nobody."""
        output = self.folder / "job.tar.gz"
        built(PROJECT, output)
        with tarfile.open(output) as tar:
            members = tar.getmembers()
            version = tar.extractfile(f"{TOP}/VERSION")
            lock = tar.extractfile(f"{TOP}/requirements.lock")
            assert version is not None
            assert lock is not None
            self.assertEqual(version.read(), f"{__version__}\n".encode())
            self.assertIn(b"--hash=sha256:", lock.read())
        self.assertEqual(
            [(member.name, oct(member.mode)) for member in members],
            [
                (f"{TOP}/VERSION", "0o644"),
                (f"{TOP}/crash-rate-aggregates-job.py", "0o755"),
                (f"{TOP}/crash_rate_aggregates-{__version__}-py3-none-any.whl", "0o644"),
                (f"{TOP}/requirements.lock", "0o644"),
            ],
        )
        owners = {(one.uid, one.gid, one.uname, one.gname, one.mtime) for one in members}
        self.assertEqual(owners, {(0, 0, "", "", 1_580_601_600)})


if __name__ == "__main__":
    unittest.main()
