"""Where each kind of ping carries the fields that the rules read, and the dimensions.

Dimensions are named by their place in a v4 ping, as since 2016; the other layouts say where else
the same is found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from crash_rate_aggregates.decode.bigquery_histograms import histograms_by_key
from crash_rate_aggregates.decode.places import (
    Content,
    Place,
    Places,
    first_value,
    integer_from_text,
    utc_date,
)
from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.values import value_at


class LayoutName(StrEnum):
    """The kinds of pings, as documents."""

    V4 = "v4"
    """Telemetry's own JSON, with 2016's `meta` or what GCP ingestion nests as `metadata`."""
    BIGQUERY = "bigquery"
    """Rows of BigQuery's tables of v4 pings: names in snake_case, maps as key and value."""
    GLEAN = "glean"
    """The Glean crash ping, as the client sends it or as rows of BigQuery."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one kind of ping has what."""

    mark: tuple[str, ...]
    """A scalar that pings of this kind have, and others do not: by it a stray one is known."""
    places: Mapping[str, Places]
    """By name of a `PingFields` field; one that is left out is always absent."""
    dimension_places: Callable[[tuple[str, ...]], Places]
    """From a dimension's path in a v4 ping to its places here."""
    keyed_histograms: tuple[str, ...] = ()
    """The container of the histograms; if it is there and no object, they are bad."""


FIELD_NAMES: Final = PingFields._fields[:-3]
"""The fields that layouts say the places of, in order."""
_META_NAMES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "geoCountry": (("metadata", "geo", "country"), ("normalized_country_code",)),
    "geoCity": (("metadata", "geo", "city"),),
    "geoSubdivision1": (("metadata", "geo", "subdivision1"),),
    "docType": (("metadata", "document_type"),),
    "documentId": (("document_id",),),
    "normalizedChannel": (("normalized_channel",),),
    "normalizedOSVersion": (("normalized_os_version",),),
    "os": (("normalized_os",),),
    "sampleId": (("sample_id",),),
    "appName": (("metadata", "uri", "app_name"), ("normalized_app_name",)),
    "appVersion": (("metadata", "uri", "app_version"),),
    "appBuildId": (("metadata", "uri", "app_build_id"),),
    "appUpdateChannel": (("metadata", "uri", "app_update_channel"),),
}
"""What 2016's pipeline put into `meta`, and where GCP ingestion puts it."""
_SYSTEMS = {"Windows": "Windows_NT", "Mac": "Darwin"}
"""GCP ingestion's and Glean's names of systems, as v4 pings name them in environment.system.os."""
_ARCHITECTURES = {"x86_64": "x86-64"}
"""Glean's names of architectures, as v4 pings name them."""
_NAMESPACES = {
    "firefox-desktop": "Firefox",
    "firefox-crashreporter": "Firefox",
    "thunderbird-desktop": "Thunderbird",
    "thunderbird-crashreporter": "Thunderbird",
}
"""Glean's applications, as v4 pings name them in application.name."""


def system_name(name: Any) -> Any:
    """Return a system's name as v4 pings spell it; others stay as they are."""
    return _SYSTEMS.get(name, name) if isinstance(name, str) else name


def application_name(namespace: Any) -> Any:
    """Return the application of a Glean namespace, like `firefox-desktop`; None if unknown."""
    return _NAMESPACES.get(namespace) if isinstance(namespace, str) else None


def _architecture(name: Any) -> Any:
    return _ARCHITECTURES.get(name, name) if isinstance(name, str) else name


def _meta(name: str) -> Places:
    return [Place(("meta", name)), *map(Place, _META_NAMES.get(name, ()))]


_SUBMISSION_DATE = (
    Place(("meta", "submissionDate")),
    Place(("submission_timestamp",), utc_date),
)
_NORMALIZED: Mapping[tuple[str, ...], Places] = {
    ("application", "channel"): [Place(("normalized_channel",))],
    ("application", "name"): _meta("appName")[1:],
    ("environment", "system", "os", "name"): [Place(("normalized_os",), system_name)],
    ("environment", "system", "os", "version"): [Place(("normalized_os_version",))],
}
"""Where GCP ingestion's own columns stand in for what the ping itself does not say."""


def _v4_dimension(path: tuple[str, ...]) -> Places:
    if len(path) == 2 and path[0] == "meta":  # noqa: PLR2004  `meta` holds scalars only.
        return _meta(path[1])
    return [Place(path), *_NORMALIZED.get(path, ())]


_INFO = ("payload", "info")
_KEYED = ("payload", "keyedHistograms")
_V4 = Layout(
    mark=("environment", "build", "buildId"),
    places={
        "meta_doc_type": _meta("docType"),
        "type": [Place(("type",))],
        "submission_date": _SUBMISSION_DATE,
        "build_id": [Place(("environment", "build", "buildId"))],
        "subsession_start_date": [Place((*_INFO, "subsessionStartDate"))],
        "crash_date": [Place(("payload", "crashDate"))],
        "creation_date": [Place(("creationDate",))],
        "document_id": _meta("documentId"),
        "id": [Place(("id",))],
        "process_type": [Place(("payload", "processType"))],
        "ipc_channel_error": [Place(("payload", "metadata", "ipc_channel_error"))],
        "subsession_length": [Place((*_INFO, "subsessionLength"), content=Content.INTEGER)],
        "with_dump": [Place((*_KEYED, "SUBPROCESS_CRASHES_WITH_DUMP"), content=Content.WHOLE)],
        "kill_hard": [Place((*_KEYED, "SUBPROCESS_KILL_HARD"), content=Content.WHOLE)],
    },
    dimension_places=_v4_dimension,
    keyed_histograms=_KEYED,
)


def snake_case(key: str) -> str:
    """Return a key as BigQuery's tables spell it: `buildId` is `build_id` there."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", key)
    return re.sub(r"[^a-z0-9]", "_", parted.lower())


def _bigquery_dimension(path: tuple[str, ...]) -> Places:
    if len(path) == 2 and path[0] == "meta":  # noqa: PLR2004  `meta` holds scalars only.
        return _meta(path[1])[1:]
    return [Place(tuple(map(snake_case, path))), *_NORMALIZED.get(path, ())]


def _says(doc_type: str) -> Callable[[Any], str]:
    return lambda _: doc_type


_BIGQUERY_KEYED = ("payload", "keyed_histograms")
_BIGQUERY = Layout(
    mark=("environment", "build", "build_id"),
    places={
        "type": [
            Place((*_INFO, "subsession_length"), _says("main"), Content.WHOLE),
            Place((*_INFO, "subsession_start_date"), _says("main")),
            Place(("payload", "process_type"), _says("crash")),
            Place(("payload", "crash_date"), _says("crash")),
            Place(("type",)),
        ],
        "submission_date": _SUBMISSION_DATE[1:],
        "build_id": [Place(("environment", "build", "build_id"))],
        "subsession_start_date": [Place((*_INFO, "subsession_start_date"))],
        "crash_date": [Place(("payload", "crash_date"))],
        "creation_date": [Place(("creation_date",))],
        "document_id": [Place(("document_id",))],
        "id": [Place(("id",))],
        "process_type": [Place(("payload", "process_type"))],
        "ipc_channel_error": [Place(("payload", "metadata", "ipc_channel_error"))],
        "subsession_length": [
            Place((*_INFO, "subsession_length"), integer_from_text, Content.WHOLE)
        ],
        "with_dump": [
            Place(
                (*_BIGQUERY_KEYED, "subprocess_crashes_with_dump"),
                histograms_by_key,
                Content.WHOLE,
            )
        ],
        "kill_hard": [
            Place((*_BIGQUERY_KEYED, "subprocess_kill_hard"), histograms_by_key, Content.WHOLE)
        ],
    },
    dimension_places=_bigquery_dimension,
    keyed_histograms=_BIGQUERY_KEYED,
)


def _metric(kind: str, name: str, convert: Callable[[Any], Any] | None = None) -> Places:
    """Return where a metric of the category `crash` lies in Glean's JSON, and in BigQuery."""
    paths = (("metrics", kind, f"crash.{name}"), ("metrics", kind, f"crash_{name}"))
    return [Place(path, convert) if convert else Place(path) for path in paths]


_GLEAN_DIMENSIONS: Mapping[tuple[str, ...], Places] = {
    ("environment", "build", "version"): _metric("string", "app_display_version"),
    ("environment", "build", "buildId"): _metric("string", "app_build"),
    ("application", "channel"): _metric("string", "app_channel"),
    ("application", "name"): [
        Place(("meta", "documentNamespace"), application_name),
        Place(("metadata", "document_namespace"), application_name),
        Place(("normalized_app_name",)),
    ],
    ("environment", "system", "os", "name"): [
        Place(("client_info", "os"), system_name),
        Place(("normalized_os",), system_name),
    ],
    ("environment", "system", "os", "version"): [
        Place(("client_info", "os_version")),
        Place(("normalized_os_version",)),
    ],
    ("environment", "build", "architecture"): [
        Place(("client_info", "architecture"), _architecture)
    ],
    ("environment", "settings", "locale"): [Place(("client_info", "locale"))],
}


def _glean_dimension(path: tuple[str, ...]) -> Places:
    if len(path) == 2 and path[0] == "meta":  # noqa: PLR2004  `meta` holds scalars only.
        return _meta(path[1])
    return _GLEAN_DIMENSIONS.get(path) or [Place(path)]


_GLEAN = Layout(
    mark=("ping_info", "end_time"),
    places={
        "meta_doc_type": _meta("docType"),
        "type": [
            *_metric("string", "process_type", _says("crash")),
            *_metric("string", "app_build", _says("crash")),
        ],
        "submission_date": _SUBMISSION_DATE,
        "build_id": _metric("string", "app_build"),
        # The client's own clock first: in BigQuery `crash_time` is a timestamp in UTC, and
        # `raw_crash_time` what the client wrote.
        "crash_date": [
            Place(("metrics", "datetime", "crash.time")),
            Place(("metrics", "datetime", "raw_crash_time")),
            Place(("metrics", "datetime", "crash_time")),
        ],
        "creation_date": [Place(("ping_info", "end_time"))],
        "document_id": _meta("documentId"),
        "process_type": _metric("string", "process_type"),
        "ipc_channel_error": _metric("string", "ipc_channel_error"),
        "version": _metric("string", "app_display_version"),
        "minidump_hash": _metric("string", "minidump_sha256_hash"),
    },
    dimension_places=_glean_dimension,
)

LAYOUTS: Mapping[LayoutName, Layout] = {
    LayoutName.V4: _V4,
    LayoutName.BIGQUERY: _BIGQUERY,
    LayoutName.GLEAN: _GLEAN,
}
"""By name, in the order in which a stray ping is tried."""


@dataclass(frozen=True, slots=True)
class PingKind:
    """What a file says of its pings."""

    layout: LayoutName = LayoutName.V4
    doc_type: str | None = None
    """What its place says where its pings may not: a table of BigQuery holds one doc type."""
    application: str | None = None
    """Likewise, the application."""


V4_PINGS = PingKind()


@dataclass(frozen=True, slots=True)
class FieldPlaces:
    """The places of all that is read from one kind of ping."""

    layout: Layout
    fields: tuple[Places, ...]
    """In the order of `FIELD_NAMES`."""
    dimensions: tuple[Places, ...]
    is_glean: bool

    def fields_of(self, raw: Mapping[str, Any]) -> PingFields:
        """Pick the fields from a whole raw ping: the plain path."""
        container = value_at(raw, self.layout.keyed_histograms) if self.fields else None
        values = (first_value(raw, places) for places in self.dimensions)
        return PingFields._make(
            (
                *(first_value(raw, places) for places in self.fields),
                self._is_container_sound(container),
                self.is_glean,
                tuple(None if isinstance(value, (Mapping, list)) else value for value in values),
            )
        )

    def _is_container_sound(self, container: Any) -> bool | None:
        if container is None or not self.layout.keyed_histograms:
            return None
        return isinstance(container, Mapping)


def field_places(kind: PingKind, dimensions: Sequence[Dimension]) -> FieldPlaces:
    """Return where everything lies in pings of a kind."""
    layout = LAYOUTS[kind.layout]
    return FieldPlaces(
        layout,
        tuple(layout.places.get(name, ()) for name in FIELD_NAMES),
        tuple(layout.dimension_places(dimension.path) for dimension in dimensions),
        kind.layout is LayoutName.GLEAN,
    )


def layout_of(raw: Mapping[str, Any], expected: LayoutName) -> LayoutName:
    """Return the layout whose mark a raw ping has: the expected one if it can be."""
    for name in (expected, *LAYOUTS):
        if value_at(raw, LAYOUTS[name].mark) is not None:
            return name
    return expected
