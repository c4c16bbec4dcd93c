"""Pings as rows of Parquet files: only the columns that are read of a ping are touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
from crash_rate_aggregates.decode.layouts.places import Content, Layout, Place, Places
from crash_rate_aggregates.errors import UnknownTableError
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.sources.formats.bigquery_tables import named_table
from crash_rate_aggregates.sources.formats.parquet_bounds.batch_sizes import plan_reading
from crash_rate_aggregates.sources.formats.parquet_bounds.row_slices import sliced
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
    Unreadable,
    unreadable_file,
)

_MAGIC = b"PAR1"
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
            UnreadableFileError: The disk fails, or a row or page takes too much memory.
        """
        _end_streaming(content)
        try:
            with content.open() as stream:
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
    close = getattr(content.chunks, "close", None)
    if close is not None:
        close()


def _batches(content: FileContent, stream: BinaryIO) -> Iterator[PingBatch]:
    stream.seek(0)
    with pq.ParquetFile(stream) as file:
        schema = file.schema_arrow
        places = field_places(_kind(content, schema), content.dimensions)
        found = {
            place
            for slot in (*places.fields, *places.dimensions)
            for place in slot
            if place.path and has_column(schema, place)
        }
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
            yield PingBatch(list(_rows(self.places, values, rows)))


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
    fields = [_slot(slot, columns, rows) for slot in places.fields]
    dimensions = [_scalars(_slot(slot, columns, rows)) for slot in places.dimensions]
    texts: Iterable[tuple[Any, ...]] = zip(*dimensions, strict=True) if dimensions else repeat(())
    always = repeat(None, rows), repeat(places.is_glean, rows)
    return map(PingFields._make, zip(*fields, *always, texts, strict=False))


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
