"""Pings as rows of Parquet files: only the columns that are read of a ping are touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from crash_rate_aggregates.decode.layouts.kinds import FieldPlaces, field_places
from crash_rate_aggregates.decode.layouts.places import Content
from crash_rate_aggregates.errors import UnknownTableError
from crash_rate_aggregates.sources.formats.parquet_bounds.batch_sizes import plan_reading
from crash_rate_aggregates.sources.formats.parquet_bounds.row_slices import sliced
from crash_rate_aggregates.sources.formats.parquet_columns import (
    column_at,
    has_column,
    json_values,
)
from crash_rate_aggregates.sources.formats.table_rows import (
    Path,
    fields_of_rows,
    read_places,
    table_kind,
)
from crash_rate_aggregates.sources.interface import (
    DamagedStreamError,
    FileContent,
    PingBatch,
    Unreadable,
    unreadable_file,
)

_MAGIC = b"PAR1"


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
        has = partial(has_column, file.schema_arrow)
        places = field_places(table_kind(content.file.url, has), content.dimensions)
        found = read_places(places, has)
        columns = _Columns(
            places,
            frozenset(place.path for place in found),
            frozenset(place.path for place in found if place.content is Content.WHOLE),
        )
        for batch in _row_batches(content, stream, file, _leaves(file, columns.paths)):
            yield from columns.pings(batch)


def _row_batches(
    content: FileContent, stream: BinaryIO, file: pq.ParquetFile, leaves: list[str]
) -> Iterator[pa.RecordBatch]:
    """Read row group after row group, of each as many rows at once as memory allows."""
    for group in range(file.num_row_groups):
        plan = plan_reading(content.file.url, stream, file, group, leaves)
        planned = pq.ParquetFile(
            stream,
            metadata=file.metadata,
            read_dictionary=plan.dictionaries,
            buffer_size=plan.buffer_bytes,
        )
        # Without threads, as each core has a process of ours already.
        yield from planned.iter_batches(
            plan.rows, row_groups=[group], columns=leaves, use_threads=False
        )


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a file that are read of its pings."""

    places: FieldPlaces
    paths: frozenset[Path]
    whole: frozenset[Path]
    """Those of the paths at which any value is read, nested ones too."""

    def pings(self, batch: pa.RecordBatch) -> Iterator[PingBatch]:
        """Give the fields of each row of a batch."""
        columns = {path: column_at(batch, path) for path in self.paths}
        for start, rows, is_readable in sliced(batch, (columns[path] for path in self.whole)):
            if not is_readable:
                yield PingBatch([Unreadable.PING])
                continue
            values = {
                path: json_values(column.slice(start, rows)) for path, column in columns.items()
            }
            yield PingBatch(list(fields_of_rows(self.places, values, rows)))


def _leaves(file: pq.ParquetFile, paths: Iterable[Path]) -> list[str]:
    """Return the names of the stored columns at and below some paths."""
    starts = tuple(".".join(path) for path in paths)
    names = (file.schema.column(number).path for number in range(len(file.schema)))
    return [name for name in names if f"{name}.".startswith(tuple(f"{s}." for s in starts))]
