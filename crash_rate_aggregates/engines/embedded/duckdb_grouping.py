"""Dedupe, group and sum a day's rows with DuckDB, in bounded memory and on bounded disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from crash_rate_aggregates.engines.drawn_ledger import CountedPings
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits
from crash_rate_aggregates.engines.statements import GROUP_STEPS, statement
from crash_rate_aggregates.errors import EngineError, ScratchFullError
from crash_rate_aggregates.rows import AGGREGATE_SCHEMA

_BATCH_ROWS = 20_000
# What DuckDB 1 says of Ctrl-C, by execute() and through Arrow.
_INTERRUPT = re.compile(r"Query interrupted|INTERRUPT Error: Interrupted!", re.IGNORECASE)


class Grouping:
    """The group stage of one day: rows in Parquet files in, aggregates out."""

    def __init__(self, scratch: Path, limits: GroupingLimits) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": limits.memory,
            "temp_directory": str(scratch / "spill"),
            "max_temp_directory_size": limits.scratch_space,
            "threads": limits.threads,
            # The result has no order; keeping one would hold more in memory.
            "preserve_insertion_order": False,
        }
        with _group_stage():
            self._connection = duckdb.connect(config=config)

    def close(self) -> None:
        """Free memory and spilled files."""
        self._connection.close()

    def load(self, row_files: list[Path]) -> None:
        """Name the rows and find the copies among them."""
        with _group_stage():
            rows = self._connection.read_parquet([str(path) for path in row_files])
            rows.create_view("pings")
        for step in GROUP_STEPS:
            self._run(step)

    def counted(self) -> list[CountedPings]:
        """Return the counted pings by what the ledger tells apart."""
        with _group_stage():
            return [CountedPings(*row) for row in self._run("counted").fetchall()]

    def aggregates(self) -> Iterator[pa.RecordBatch]:
        """Stream the aggregates by `AGGREGATE_SCHEMA`."""
        with _group_stage():
            reader = self._connection.sql(_query("aggregates")).to_arrow_reader(_BATCH_ROWS)
            for batch in reader:
                yield batch.cast(AGGREGATE_SCHEMA)

    def _run(self, query: str) -> duckdb.DuckDBPyConnection:
        with _group_stage():
            return self._connection.execute(_query(query))


@contextmanager
def _group_stage() -> Iterator[None]:
    """Turn what DuckDB raises into errors of ours.

    Raises:
        EngineError: It failed.
        KeyboardInterrupt: Ctrl-C, which DuckDB reports as an error of its own.
    """
    try:
        yield
    except (RuntimeError, OSError, pa.ArrowException, duckdb.Error) as error:
        # All of the text: a folder's or a file's name may have the word in it.
        if isinstance(error, duckdb.InterruptException) or _INTERRUPT.fullmatch(str(error).strip()):
            raise KeyboardInterrupt from error
        raise _engine_error(error) from error


def _query(name: str) -> str:
    return statement(name, kept="TABLE")


def _engine_error(error: Exception) -> EngineError:
    reason = str(error).strip().partition("\n")[0]
    if isinstance(error, duckdb.OutOfMemoryException):
        return EngineError(
            f"the group stage needs more memory: {reason}; raise the setting `memory`, nothing was "
            "changed"
        )
    if "No space left" in reason or "max_temp_directory_size" in reason:
        return ScratchFullError(
            f"the scratch folder is full: {reason}; free space or name another in `scratch`"
        )
    return EngineError(f"the group stage failed: {reason}; nothing was changed, run the day again")
