"""The kinds of pings, and the fields of a whole raw ping of each: the plain path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from crash_rate_aggregates.decode.layouts.bigquery import BIGQUERY
from crash_rate_aggregates.decode.layouts.glean import GLEAN
from crash_rate_aggregates.decode.layouts.places import Layout, Places, first_value, stated
from crash_rate_aggregates.decode.layouts.v4 import V4
from crash_rate_aggregates.dimensions import APPLICATION_PATH, Dimension
from crash_rate_aggregates.normalize.fields import PLACED_FIELDS, PingFields
from crash_rate_aggregates.normalize.values import value_at


class LayoutName(StrEnum):
    """How pings are laid out as documents."""

    V4 = "v4"
    BIGQUERY = "bigquery"
    GLEAN = "glean"


LAYOUTS: Mapping[LayoutName, Layout] = {
    LayoutName.V4: V4,
    LayoutName.BIGQUERY: BIGQUERY,
    LayoutName.GLEAN: GLEAN,
}
"""By name, in the order in which a stray ping is tried."""


@dataclass(frozen=True, slots=True)
class PingKind:
    """What a file says of all its pings."""

    layout: LayoutName = LayoutName.V4
    doc_type: str | None = None
    """What its place says where pings may not: a table of BigQuery holds one doc type."""
    application: str | None = None
    """Likewise, the application."""
    usual_doc_type: str | None = None
    """What its other pings say, for one that does not say what it is."""


V4_PINGS: Final = PingKind()
_TELLING: Final = (
    "meta_doc_type",
    "type",
    "submission_date",
    "source_tags",
    "build_id",
    "has_crash_environment",
    "crash_build_id",
    "application_build_id",
    "application",
)
"""The fields to which most pings fall that fall at all."""


@dataclass(frozen=True, slots=True)
class FieldPlaces:
    """The places of all that is read from one kind of ping."""

    layout: Layout
    fields: Mapping[str, Places]
    """By name, each of `PLACED_FIELDS`."""
    dimensions: tuple[Places, ...]
    is_glean: bool

    def fields_of(self, raw: Mapping[str, Any]) -> PingFields:
        """Pick the fields from a whole raw ping."""
        values = (first_value(raw, places) for places in self.dimensions)
        return PingFields(
            **{name: first_value(raw, places) for name, places in self.fields.items()},
            keyed_histograms=self._is_container_sound(raw),
            is_glean=self.is_glean,
            dimensions=tuple(
                None if isinstance(value, (Mapping, list)) else value for value in values
            ),
        )

    def telling_fields_of(self, raw: Mapping[str, Any]) -> PingFields:
        """Pick the fields of the first rules alone: doc type, submission date and build."""
        return PingFields(**{name: first_value(raw, self.fields[name]) for name in _TELLING})

    def _is_container_sound(self, raw: Mapping[str, Any]) -> bool | None:
        if self.layout.keyed_histograms is None:
            return None
        container = value_at(raw, self.layout.keyed_histograms)
        return None if container is None else isinstance(container, Mapping)


def field_places(kind: PingKind, dimensions: Sequence[Dimension]) -> FieldPlaces:
    """Return where everything lies in pings of a kind."""
    layout = LAYOUTS[kind.layout]
    fields = {name: list(layout.fields.get(name, ())) for name in PLACED_FIELDS}
    if kind.doc_type is not None:
        fields["meta_doc_type"].append(stated(kind.doc_type))
    if kind.usual_doc_type is not None:
        fields["type"].append(stated(kind.usual_doc_type))
    if kind.application is not None:
        fields["application"].append(stated(kind.application))
    return FieldPlaces(
        layout,
        fields,
        tuple(_dimension_places(kind, layout, dimension.path) for dimension in dimensions),
        is_glean=kind.layout is LayoutName.GLEAN,
    )


def _dimension_places(kind: PingKind, layout: Layout, path: tuple[str, ...]) -> Places:
    places = layout.dimension(path)
    # Last: what a ping says of its application goes before what its file says of all.
    is_stated = kind.application is not None and path == APPLICATION_PATH
    return [*places, stated(kind.application or "")] if is_stated else places


def layout_of(raw: Mapping[str, Any], expected: LayoutName) -> LayoutName:
    """Return the layout whose mark a raw ping has, the expected one first; it, if none fits."""
    return marked_layout(raw, expected) or expected


def marked_layout(raw: Mapping[str, Any], expected: LayoutName) -> LayoutName | None:
    """Return the layout whose mark a raw ping has, the expected one first; None, if none fits."""
    for name in (expected, *LAYOUTS):
        if value_at(raw, LAYOUTS[name].mark) is not None:
            return name
    return None
