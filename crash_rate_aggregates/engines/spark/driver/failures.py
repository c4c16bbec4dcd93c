"""Turn what Spark throws into one sentence."""

from __future__ import annotations

import re

from crash_rate_aggregates.errors import EngineError, ExecutorMismatchError

_MISSING_MODULE = re.compile(r"No module named '([^']+)'")
_NO_PROGRAM = re.compile(r'Cannot run program "([^"]+)"')
_PYTHON_MISMATCH = re.compile(
    r"Python in worker has different version: (.+?) than that in driver: (.+?), PySpark"
)
_NUMBER = re.compile(r"\d+")
_CAUSED_BY = re.compile(r"^(?:Caused by: )([\w.$]+: .+)$", re.MULTILINE)
_MAX_REASON = 300


def spark_failure(error: Exception) -> EngineError:
    """Return the error of ours that says why Spark could not compute a day."""
    text = str(error)
    if match := _MISSING_MODULE.search(text):
        return ExecutorMismatchError(
            f"the executors' Python has no module {match[1]!r}: install the wheels of this program "
            "there, or give the executors the driver's with --spark-archive"
        )
    if match := _NO_PROGRAM.search(text):
        return ExecutorMismatchError(
            f"the executors cannot run {match[1]!r}: name their Python in PYSPARK_PYTHON, or give "
            "them one with --spark-archive"
        )
    if match := _PYTHON_MISMATCH.search(text):
        theirs, ours = (".".join(_NUMBER.findall(numbers)) for numbers in match.groups())
        return ExecutorMismatchError(
            f"the executors run Python {theirs} and the driver {ours}: name an equal Python "
            "in PYSPARK_PYTHON, or give them one with --spark-archive"
        )
    return EngineError(f"Spark failed: {_reason(text)}; nothing was changed, run the day again")


def _reason(text: str) -> str:
    """Return the last cause in a Java stack trace, else the first line."""
    # The first lines name Spark's own classes; what went wrong stands at the bottom.
    causes = _CAUSED_BY.findall(text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = next((line for line in lines if "An error occurred while calling" not in line), "")
    reason = causes[-1] if causes else first or "it says no more"
    return reason[:_MAX_REASON].rstrip(".: ")
