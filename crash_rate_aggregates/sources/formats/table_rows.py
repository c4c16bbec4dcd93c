"""Rows of files that have columns: which kind of pings they are, and the fields of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import repeat
from typing import Any, TypeAlias

from crash_rate_aggregates.decode.layouts.kinds import (
    LAYOUTS,
    FieldPlaces,
    LayoutName,
    PingKind,
)
from crash_rate_aggregates.decode.layouts.places import Place, Places
from crash_rate_aggregates.errors import UnknownTableError
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.sources.formats.bigquery_tables import named_table
from crash_rate_aggregates.sources.interface import RawPing

Path: TypeAlias = tuple[str, ...]
_CONTAINERS = (dict, list)


def table_kind(url: str, has_column: Callable[[Place], bool]) -> PingKind:
    """Tell the kind of a file's rows from its columns and its path.

    Args:
        url: The file's.
        has_column: Tells whether a column can be read at a place.

    Raises:
        UnknownTableError: The columns are of no kind, or do not tell main from crash pings.
    """
    table = named_table(url)
    expected = table.layout if table else LayoutName.V4
    layout = next((n for n in (expected, *LAYOUTS) if _fits(n, has_column)), None)
    if layout is None:
        raise UnknownTableError(
            f"{url!r} has no column of a build id, so its rows are no pings: export main_v5, "
            "crash_v4 or crash_v1 with the columns that docs/rules.md lists, or move it away"
        )
    if table and table.layout is layout:
        return table.kind
    if layout is not LayoutName.BIGQUERY:
        return PingKind(layout)
    told = _told_doc_types(has_column)
    if not told:
        raise UnknownTableError(
            f"{url!r} has no column that says whether its rows are main or crash pings: name the "
            "table in the path, like main_v5 or crash_v4"
        )
    return PingKind(layout, usual_doc_type=told.pop() if len(told) == 1 else None)


def read_places(places: FieldPlaces, has_column: Callable[[Place], bool]) -> set[Place]:
    """Return the places that are read of a kind of ping, of those whose columns are there."""
    slots = (*places.fields.values(), *places.dimensions)
    return {place for slot in slots for place in slot if place.path and has_column(place)}


def fields_of_rows(
    places: FieldPlaces, columns: Mapping[Path, list[Any]], rows: int
) -> Iterator[RawPing]:
    """Return the fields of each row.

    Args:
        places: Where pings of this kind have what.
        columns: The values of each column that is read, as a JSON decoder of ours gives them.
        rows: How many values each column has.
    """
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


def _fits(layout: LayoutName, has_column: Callable[[Place], bool]) -> bool:
    # No ping counts without a build id, so a file without its column holds no pings.
    return any(map(has_column, LAYOUTS[layout].fields["build_id"]))


def _told_doc_types(has_column: Callable[[Place], bool]) -> set[str]:
    """Return the doc types that the columns of a table of BigQuery can be of."""
    places = LAYOUTS[LayoutName.BIGQUERY].fields["type"]
    return {place.convert("") for place in places if has_column(place)}


def _slot(places: Places, columns: Mapping[Path, list[Any]], rows: int) -> list[Any]:
    """Return what the first place with a value has, row by row."""
    # Most fields have one place: its values are taken as they are, without a look at each.
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
