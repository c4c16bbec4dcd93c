"""Pings as rows of Parquet files: only the columns that are read of a ping are touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from crash_rate_aggregates.decode.layouts.kinds import field_places
from crash_rate_aggregates.errors import UnknownTableError
from crash_rate_aggregates.sources.formats.parquet_columns import (
    column_at,
    has_column,
    json_values,
)
from crash_rate_aggregates.sources.formats.table_rows import (
    Path,
    fields_of_rows,
    read_paths,
    table_kind,
)
from crash_rate_aggregates.sources.interface import (
    DamagedStreamError,
    FileContent,
    PingBatch,
    unreadable_file,
)

_MAGIC = b"PAR1"
_BATCH_ROWS = 4096


class ParquetRows:
    """Parquet, as BigQuery exports tables of pings, or as others write the pings themselves."""

    name = "Parquet"

    def fits(self, content: FileContent) -> bool:
        """Tell by the magic number."""
        return content.head.startswith(_MAGIC)

    def read_pings(self, content: FileContent) -> Iterator[PingBatch]:
        """Yield the fields of each row; a part of one row group is held at a time.

        Raises:
            DamagedStreamError: No footer, or after the rows before a damaged page.
            UnknownTableError: It has not the columns of pings, or may be compressed as a whole.
            UnreadableFileError: The disk fails.
        """
        _end_streaming(content)
        try:
            with content.open() as stream:
                # The head is decompressed, this is what is stored: in gzip nothing can be sought.
                if stream.read(len(_MAGIC)) != _MAGIC:
                    raise UnknownTableError(
                        f"{content.file.url!r} is Parquet that is compressed as a whole: "
                        "decompress it"
                    )
                yield from _batches(content, stream)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            # One with a number is of the disk or the network, the others are Arrow's own.
            if isinstance(error, OSError) and error.errno is not None:
                raise unreadable_file(content.file.url, error) from error
            raise DamagedStreamError(f"it is no sound Parquet: {error}") from error


def _end_streaming(content: FileContent) -> None:
    """Close the file that was opened to see its first bytes."""
    # Large files are still open then, and would be until their last row: two open files a worker.
    close = getattr(content.chunks, "close", None)
    if close is not None:
        close()


def _batches(content: FileContent, stream: BinaryIO) -> Iterator[PingBatch]:
    stream.seek(0)
    with pq.ParquetFile(stream) as file:
        schema = file.schema_arrow
        has = partial(has_column, schema)
        places = field_places(table_kind(content.file.url, has), content.dimensions)
        paths = read_paths(places, has)
        leaves = _leaves(file, paths)
        # Group by group, so that no more than a part of one is held; without threads, as each core
        # has a process of ours already.
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(
                _BATCH_ROWS, row_groups=[group], columns=leaves, use_threads=False
            ):
                columns = {path: json_values(column_at(batch, path)) for path in paths}
                yield PingBatch(list(fields_of_rows(places, columns, batch.num_rows)))


def _leaves(file: pq.ParquetFile, paths: Iterable[Path]) -> list[str]:
    """Return the names of the stored columns at and below some paths."""
    starts = tuple(".".join(path) for path in paths)
    names = (file.schema.column(number).path for number in range(len(file.schema)))
    return [name for name in names if f"{name}.".startswith(tuple(f"{s}." for s in starts))]
