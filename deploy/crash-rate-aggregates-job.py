#!/usr/bin/env python3
"""Run crash-rate-aggregates from the folder of this file; needs Python 3.11 or later with venv.

    ./crash-rate-aggregates-job.py daily --pings /data/pings
    spark-submit crash-rate-aggregates-job.py daily --pings s3://bucket/pings

The first start installs the packages that lie beside it, or those of requirements.lock, into .venv.
"""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
INSTALLED = VENV / "installed"
PYTHON = VENV / "bin" / "python"


def install() -> None:
    """Make .venv, whole or not at all; two that start at once wait for each other."""
    with open(HERE / ".installing", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if INSTALLED.exists():
            return
        wheelhouse = HERE / "wheelhouse"
        offline = ["--isolated", "--no-index", "--find-links", str(wheelhouse)]
        pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
        packages = ["--require-hashes", "--only-binary", ":all:", "-r", "requirements.lock"]
        (wheel,) = HERE.glob("crash_rate_aggregates-*.whl")
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(VENV)],
            [*pip, *(offline if wheelhouse.is_dir() else []), *packages],
            [*pip, "--no-index", "--no-deps", str(wheel)],
        ):
            subprocess.run(command, cwd=HERE, check=True, stdout=sys.stderr)
        INSTALLED.touch()


def main() -> None:
    """Become the program."""
    if sys.version_info < (3, 11):  # noqa: UP036  Who runs this may have any Python.
        sys.exit(f"error: this is Python {sys.version.split()[0]}, and 3.11 or later is needed")
    if not INSTALLED.exists():
        try:
            install()
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(f"error: the packages could not be installed in {VENV}: {error}")
    # The environment stays: by it the program finds the Spark that started this script.
    os.execv(PYTHON, [str(PYTHON), "-P", "-m", "crash_rate_aggregates", *sys.argv[1:]])  # noqa: S606  No shell is wanted.


if __name__ == "__main__":
    main()
