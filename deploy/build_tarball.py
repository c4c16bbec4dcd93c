#!/usr/bin/env python3
"""Make crash-rate-aggregates-job.tar.gz: all that a host needs to run the job.

The same sources give the same bytes, on any day and by any user: order, times, owners and modes
are fixed. It holds the wheel, the lock with hashes, the entry script, the version, and with
--wheelhouse every package, for hosts without internet and of this machine's kind.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).resolve().parent.parent
NAME = "crash-rate-aggregates"
OUTPUT = PROJECT / "dist" / f"{NAME}-job.tar.gz"
ENTRY = f"{NAME}-job.py"
_EARLIEST_ZIP_TIME = 1_580_601_600
"""2020-02-02, the time that hatchling gives to files in the wheel."""
_PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")


def project_version() -> str:
    """Return the version in pyproject.toml."""
    with open(PROJECT / "pyproject.toml", "rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def gather(folder: Path, *, wheelhouse: bool) -> None:
    """Put what the tarball holds into an empty folder."""
    hatchling = (sys.executable, "-m", "hatchling", "build", "--target", "wheel")
    command = [*hatchling, "--directory", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, stdout=sys.stderr)
    shutil.copy(PROJECT / "requirements-job.lock", folder / "requirements.lock")
    shutil.copy(PROJECT / "deploy" / ENTRY, folder / ENTRY)
    (folder / "VERSION").write_text(f"{project_version()}\n", encoding="utf-8")
    if wheelhouse:
        download = ("download", "--require-hashes", "--only-binary", ":all:", "--no-deps")
        packages = ("--requirement", str(folder / "requirements.lock"))
        command = [*_PIP, *download, *packages, "--dest", str(folder / "wheelhouse")]
        subprocess.run(command, check=True)


def packed(folder: Path, top: str) -> bytes:
    """Return a folder's files as a gzipped tar, below a folder `top`."""
    buffer = BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", filename="", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for member, content in _members(folder, top):
            tar.addfile(member, BytesIO(content))
    return buffer.getvalue()


def _members(folder: Path, top: str) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    for file in sorted(folder.rglob("*"), key=lambda path: path.as_posix()):
        if file.is_file():
            content = file.read_bytes()
            member = tarfile.TarInfo(f"{top}/{file.relative_to(folder).as_posix()}")
            member.size = len(content)
            member.mode = 0o755 if file.name == ENTRY else 0o644
            member.mtime = int(os.environ.get("SOURCE_DATE_EPOCH", _EARLIEST_ZIP_TIME))
            yield member, content


def write_if_new(output: Path, content: bytes) -> bool:
    """Write the file unless it holds that already; it is whole at any time."""
    if output.is_file() and output.read_bytes() == content:
        return False
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_name(f"{output.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(output)
    return True


def main() -> int:
    """Make the tarball and say what it is on one line."""
    parser = argparse.ArgumentParser(description="Make the tarball of the job.")
    parser.add_argument("--output", type=Path, default=OUTPUT, help=f"default: dist/{OUTPUT.name}")
    parser.add_argument("--wheelhouse", action="store_true", help="pack all packages too")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        gather(Path(folder), wheelhouse=arguments.wheelhouse)
        content = packed(Path(folder), f"{NAME}-{project_version()}")
    state = "made" if write_if_new(arguments.output, content) else "unchanged"
    digest = hashlib.sha256(content).hexdigest()
    sys.stdout.write(
        f"{state}: {arguments.output}, version {project_version()}, {len(content):,} bytes, "
        f"sha256 {digest}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
