"""Pings as rows of Parquet files: only the columns that are read of a ping are touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from crash_rate_aggregates.decode.layouts.kinds import (
    LAYOUTS,
    FieldPlaces,
    LayoutName,
    PingKind,
    field_places,
)
from crash_rate_aggregates.decode.layouts.places import Layout, Place, Places
from crash_rate_aggregates.errors import UnknownTableError
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.sources.formats.bigquery_tables import named_table
from crash_rate_aggregates.sources.formats.parquet_columns import (
    Path,
    column_at,
    has_column,
    json_values,
)
from crash_rate_aggregates.sources.interface import (
    DamagedStreamError,
    FileContent,
    PingBatch,
    RawPing,
    unreadable_file,
)

_MAGIC = b"PAR1"
_BATCH_ROWS = 4096
_CONTAINERS = (dict, list)


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
        places = field_places(_kind(content, schema), content.dimensions)
        paths = {
            place.path
            for slot in (*places.fields.values(), *places.dimensions)
            for place in slot
            if place.path and has_column(schema, place)
        }
        leaves = _leaves(file, paths)
        # Group by group, so that no more than a part of one is held; without threads, as each core
        # has a process of ours already.
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(
                _BATCH_ROWS, row_groups=[group], columns=leaves, use_threads=False
            ):
                columns = {path: json_values(column_at(batch, path)) for path in paths}
                yield PingBatch(list(_rows(places, columns, batch.num_rows)))


def _kind(content: FileContent, schema: pa.Schema) -> PingKind:
    """Tell the kind of a file's rows from its columns and its path.

    Raises:
        UnknownTableError: The columns are of no kind, or do not tell main from crash pings.
    """
    url = content.file.url
    table = named_table(url)
    expected = table.layout if table else LayoutName.V4
    layout = next((n for n in (expected, *LAYOUTS) if _fits(LAYOUTS[n], schema)), None)
    if layout is None:
        raise UnknownTableError(
            f"{url!r} has no column of a build id, so its rows are no pings: export main_v5, "
            "crash_v4 or crash_v1 with the columns that docs/rules.md lists, or move it away"
        )
    if table and table.layout is layout:
        return table.kind
    if layout is not LayoutName.BIGQUERY:
        return PingKind(layout)
    told = _told_doc_types(schema)
    if not told:
        raise UnknownTableError(
            f"{url!r} has no column that says whether its rows are main or crash pings: name the "
            "table in the path, like main_v5 or crash_v4"
        )
    return PingKind(layout, usual_doc_type=told.pop() if len(told) == 1 else None)


def _fits(layout: Layout, schema: pa.Schema) -> bool:
    # No ping counts without a build id, so a file without its column holds no pings.
    return any(has_column(schema, place) for place in (*layout.fields["build_id"],))


def _told_doc_types(schema: pa.Schema) -> set[str]:
    """Return the doc types that the columns of a table of BigQuery can be of."""
    places = LAYOUTS[LayoutName.BIGQUERY].fields["type"]
    return {place.convert("") for place in places if has_column(schema, place)}


def _leaves(file: pq.ParquetFile, paths: Iterable[Path]) -> list[str]:
    """Return the names of the stored columns at and below some paths."""
    starts = tuple(".".join(path) for path in paths)
    names = (file.schema.column(number).path for number in range(len(file.schema)))
    return [name for name in names if f"{name}.".startswith(tuple(f"{s}." for s in starts))]


def _rows(places: FieldPlaces, columns: dict[Path, list[Any]], rows: int) -> Iterator[RawPing]:
    """Return the fields of each row of a batch."""
    dimensions = [_scalars(_slot(slot, columns, rows)) for slot in places.dimensions]
    texts: Iterable[tuple[Any, ...]] = zip(*dimensions, strict=True) if dimensions else repeat(())
    found: dict[str, Iterable[Any]] = {
        **{name: _slot(slot, columns, rows) for name, slot in places.fields.items()},
        "keyed_histograms": repeat(None),
        "is_glean": repeat(places.is_glean),
        "dimensions": texts,
    }
    # Not strict, as `repeat` has no end.
    return map(PingFields._make, zip(*map(found.get, PingFields._fields), strict=False))


def _slot(places: Places, columns: dict[Path, list[Any]], rows: int) -> list[Any]:
    """Return what the first place with a value has, row by row."""
    found: list[Any] = [None] * rows
    is_empty = True
    for place in places:
        values = [None] * rows if place.path else [place.convert(None)] * rows
        if place.path in columns:
            values = _converted(place, columns[place.path])
        found = (
            values
            if is_empty
            else [new if old is None else old for old, new in zip(found, values, strict=True)]
        )
        is_empty = False
    return found


def _converted(place: Place, values: list[Any]) -> list[Any]:
    if place.is_unchanged:
        return values
    convert = place.convert
    return [None if value is None else convert(value) for value in values]


def _scalars(values: list[Any]) -> list[Any]:
    return [None if type(value) in _CONTAINERS else value for value in values]
