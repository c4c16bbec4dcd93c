"""Start Spark's Java with settings that nobody else can read."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from pyspark import SparkContext

_SUBMIT_ARGUMENTS = "PYSPARK_SUBMIT_ARGS"
"""Environment variable by which pyspark takes arguments for spark-submit."""


def start_java(conf: Mapping[str, str], folder: Path) -> None:
    """Start the Java of this process unless it runs.

    pyspark itself would give each setting as an argument, and `ps` shows arguments, keys of clouds
    too, to all users of the machine as long as Java runs.

    Args:
        conf: Settings of Spark, those among them with which Java itself is started.
        folder: Holds the file with the settings while Java starts.
    """
    file = folder / "spark.conf"
    file.touch(0o600)
    try:
        file.write_text(properties(conf), encoding="ascii")
        with_file = ("--properties-file", str(file), "--load-spark-defaults")
        given = os.environ.get(_SUBMIT_ARGUMENTS)
        # What the user gives comes last, and decides, as it does by pyspark's own start.
        _start_with(f"{shlex.join(with_file)} {given or 'pyspark-shell'}", os.environ)
    finally:
        file.unlink()


def _start_with(arguments: str, environment: MutableMapping[str, str]) -> None:
    given = environment.get(_SUBMIT_ARGUMENTS)
    environment[_SUBMIT_ARGUMENTS] = arguments
    try:
        # What pyspark calls itself when a context is made; one that finds Java needs no start.
        SparkContext._ensure_initialized()  # noqa: SLF001  Nothing public starts Java alone.
    finally:
        environment.pop(_SUBMIT_ARGUMENTS)
        if given is not None:
            environment[_SUBMIT_ARGUMENTS] = given


def properties(conf: Mapping[str, str]) -> str:
    """Write settings as java.util.Properties reads them, whatever characters they have."""
    return "".join(f"{_escaped(key)}={_escaped(value)}\n" for key, value in conf.items())


def _escaped(text: str) -> str:
    return "".join(char if char.isascii() and char.isalnum() else _units(char) for char in text)


def _units(char: str) -> str:
    r"""Write a character as `\uXXXX`: one, or two where UTF-16 needs two."""
    encoded = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{encoded[start : start + 4]}" for start in range(0, len(encoded), 4))
