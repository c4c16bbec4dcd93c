"""Drop copies, group and sum a day's rows with DuckDB, in bounded memory and on bounded disk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from crash_rate_aggregates.engines.columns import known_labels_table
from crash_rate_aggregates.engines.drawn_ledger import CountedPings
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits
from crash_rate_aggregates.engines.group_statements import (
    GROUP_STEPS,
    STEPS_OF,
    Dialect,
    statement,
)
from crash_rate_aggregates.errors import EngineError, ScratchFullError
from crash_rate_aggregates.rows import DayTable, KnownLabel

_BATCH_ROWS = 20_000
_DIALECT = Dialect(kept="TABLE", unnest="unnest")
# What DuckDB 1 says of Ctrl-C, by execute() and through Arrow.
_INTERRUPT = re.compile(r"Query interrupted|INTERRUPT Error: Interrupted!", re.IGNORECASE)


class Grouping:
    """The group stage of one day: rows in Parquet files in, those of its tables out."""

    def __init__(self, scratch: Path, limits: GroupingLimits) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            # DuckDB's own is 80 % of the machine, on which PostgreSQL may run too.
            "memory_limit": limits.memory,
            # Else it spills into the folder in which the program was started.
            "temp_directory": str(scratch / "spill"),
            "max_temp_directory_size": limits.scratch_space,
            # As many as workers, which are idle by now.
            "threads": limits.threads,
            # The result has no order; keeping one would hold more in memory.
            "preserve_insertion_order": False,
        }
        with _group_stage():
            self._connection = duckdb.connect(config=config)
        self._done: set[str] = set()

    def close(self) -> None:
        """Free memory and spilled files."""
        self._connection.close()

    def load(self, row_files: list[Path], labels: Iterable[KnownLabel]) -> None:
        """Name the rows, find the copies among them and what people call their builds."""
        with _group_stage():
            rows = self._connection.read_parquet([str(path) for path in row_files])
            rows.create_view("pings")
            self._connection.register("known_labels", known_labels_table(labels))
            self._step(GROUP_STEPS)

    def _step(self, steps: Iterable[str]) -> None:
        """Do the steps that were not done yet."""
        for step in steps:
            if step not in self._done:
                self._connection.execute(_query(step))
                self._done.add(step)

    def counted(self) -> list[CountedPings]:
        """Return the counted pings by what the ledger tells apart."""
        with _group_stage():
            groups = self._connection.sql(_query("counted")).to_arrow_table()
            return [CountedPings(**group) for group in groups.to_pylist()]

    def left_out(self) -> int:
        """Return how many v4 crash pings were left out for Glean ones of the same crashes."""
        with _group_stage():
            (line,) = self._connection.sql(_query("left_out")).to_arrow_table().to_pylist()
            return int(line["pings"])

    def rows(self, table: DayTable) -> Iterator[pa.RecordBatch]:
        """Stream the rows of a table by its schema, before those of the next one are asked for."""
        with _group_stage():
            self._step(STEPS_OF.get(table.statement, ()))
            # Streamed: the connection holds one result at a time, and none of it whole.
            reader = self._connection.sql(_query(table.statement)).to_arrow_reader(_BATCH_ROWS)
            for batch in reader:
                yield batch.cast(table.schema)


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
        # Inside a stream the interrupt comes as an error of Arrow, which has its text alone; all of
        # the text, as a folder's or a file's name may have the word in it.
        if isinstance(error, duckdb.InterruptException) or _INTERRUPT.fullmatch(str(error).strip()):
            raise KeyboardInterrupt from error
        raise _engine_error(error) from error


def _query(name: str) -> str:
    return statement(name, _DIALECT)


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
