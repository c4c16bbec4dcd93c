"""Canonical v4 pings as rows of main_v5 and crash_v4, in the two formats of their exports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from crash_rate_aggregates.decode.layouts.bigquery import snake_case
from test.sources.mirrors.nested import ingestion_columns

COUNT_HISTOGRAM = 4
TIMESTAMP = pa.timestamp("us", "UTC")


def histogram_text(histogram: Any) -> str:
    """Write a histogram as ingestion does: a count as its number, others as JSON."""
    is_count = isinstance(histogram, dict) and set(histogram) <= {"sum", "values"}
    if is_count and isinstance(histogram.get("sum"), int):
        return str(histogram["sum"])
    return json.dumps(histogram, separators=(",", ":"))


def bigquery_row(ping: Mapping[str, Any]) -> dict[str, Any]:
    """Return a ping as one line of an export as JSON: integers are strings, nulls left out."""
    bare = {key: value for key, value in ping.items() if key not in ("meta", "type")}
    row: dict[str, Any] = _respelled(bare)
    payload = bare.get("payload", {})
    experiments = bare.get("environment", {}).get("experiments")
    if experiments is not None:
        row["environment"]["experiments"] = [
            {"key": name, "value": one} for name, one in experiments.items()
        ]
    if "keyedHistograms" in payload:
        row["payload"]["keyed_histograms"] = {
            snake_case(name): _entries(keyed) for name, keyed in payload["keyedHistograms"].items()
        }
    if "histograms" in payload:
        row["payload"]["histograms"] = {
            snake_case(name): histogram_text(one) for name, one in payload["histograms"].items()
        }
    added = ingestion_columns(ping)
    for name in ("document_namespace", "document_type"):  # No columns of the tables.
        added["metadata"].pop(name, None)
    extra = {"additional_properties": json.dumps({"type": ping.get("type"), "new": [1, {}]})}
    return row | added | extra


def bigquery_lines(pings: Iterable[Mapping[str, Any]]) -> bytes:
    """Write an export as NDJSON."""
    rows = (json.dumps(bigquery_row(ping), separators=(",", ":")) for ping in pings)
    return "".join(row + "\n" for row in rows).encode("utf-8", "surrogatepass")


def _respelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {snake_case(key): _respelled(each) for key, each in value.items()
                if each is not None}  # fmt: skip
    if isinstance(value, list):
        return [_respelled(each) for each in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _entries(keyed: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"key": key, "value": histogram_text(one)} for key, one in keyed.items()]


def _text_struct(**fields: pa.DataType) -> pa.DataType:
    return pa.struct(list(fields.items()))


_TEXT = pa.string()
_KEYED = pa.list_(pa.struct([("key", _TEXT), ("value", _TEXT)]))
EXPERIMENTS = pa.list_(
    _text_struct(key=_TEXT, value=_text_struct(branch=_TEXT, enrollment_id=_TEXT, type=_TEXT))
)
_COMMON = {
    "additional_properties": _TEXT,
    "application": _text_struct(build_id=_TEXT, channel=_TEXT, name=_TEXT, version=_TEXT),
    "client_id": _TEXT,
    "creation_date": _TEXT,
    "document_id": _TEXT,
    "environment": _text_struct(
        addons=_text_struct(active_experiment=_text_struct(branch=_TEXT, id=_TEXT)),
        build=_text_struct(
            architecture=_TEXT, build_id=_TEXT, display_version=_TEXT, version=_TEXT
        ),
        experiments=EXPERIMENTS,
        settings=_text_struct(e10s_cohort=_TEXT, e10s_enabled=pa.bool_()),
        system=_text_struct(os=_text_struct(name=_TEXT, version=_TEXT)),
    ),
    "id": _TEXT,
    "metadata": _text_struct(
        geo=_text_struct(country=_TEXT),
        header=_text_struct(x_source_tags=_TEXT),
        uri=_text_struct(app_name=_TEXT),
    ),
    "normalized_app_name": _TEXT,
    "normalized_channel": _TEXT,
    "normalized_country_code": _TEXT,
    "normalized_os": _TEXT,
    "normalized_os_version": _TEXT,
    "sample_id": pa.int64(),
    "submission_timestamp": TIMESTAMP,
}
MAIN_SCHEMA = pa.schema(
    _COMMON
    | {
        "payload": _text_struct(
            info=_text_struct(subsession_length=pa.int64(), subsession_start_date=_TEXT),
            keyed_histograms=_text_struct(
                subprocess_crashes_with_dump=_KEYED, subprocess_kill_hard=_KEYED
            ),
            processes=_text_struct(
                parent=_text_struct(
                    scalars=_text_struct(browser_engagement_active_ticks=pa.int64())
                )
            ),
            simple_measurements=_text_struct(active_ticks=pa.int64()),
        )
    }
)
"""The columns of main_v5 that count, and some others."""
CRASH_SCHEMA = pa.schema(
    _COMMON
    | {
        "payload": _text_struct(
            crash_date=_TEXT,
            has_crash_environment=pa.bool_(),
            metadata=_text_struct(
                async_shutdown_timeout=_TEXT,
                background_task_name=_TEXT,
                build_id=_TEXT,
                ipc_channel_error=_TEXT,
                oom_allocation_size=_TEXT,
                quota_manager_shutdown_timeout=_TEXT,
                release_channel=_TEXT,
                startup_crash=_TEXT,
                utility_actors_name=_TEXT,
                version=_TEXT,
            ),
            minidump_sha256_hash=_TEXT,
            process_type=_TEXT,
        )
    }
)
"""The columns of crash_v4 that count, and some others."""


def parquet(rows: Sequence[Mapping[str, Any]], schema: pa.Schema, **options: Any) -> bytes:
    """Write rows of an export as Parquet; what no column takes goes into additional_properties."""
    found = [shaped({**row, **_rest(row, schema)}, pa.struct(list(schema))) for row in rows]
    stored = BytesIO()
    pq.write_table(pa.Table.from_pylist(found, schema), stored, **options)
    return stored.getvalue()


def _rest(row: Mapping[str, Any], schema: pa.Schema) -> dict[str, Any]:
    if "additional_properties" not in schema.names:
        return {}
    payload = {k: v for k, v in row.get("payload", {}).items() if k == "histograms"}
    return {"additional_properties": json.dumps({"payload": payload})}


def shaped(value: Any, kind: pa.DataType) -> Any:
    """Return a value of a JSON export as a column's type wants it."""
    if value is None:
        return None
    if pa.types.is_struct(kind):
        return {each.name: shaped(value.get(each.name), each.type) for each in kind}
    if pa.types.is_integer(kind):
        return int(value)
    return datetime.fromisoformat(value) if pa.types.is_timestamp(kind) else value


def main_parquet(pings: Iterable[Mapping[str, Any]], **options: Any) -> bytes:
    """Write main pings as an export of main_v5."""
    return parquet([bigquery_row(ping) for ping in pings], MAIN_SCHEMA, **options)


def crash_parquet(pings: Iterable[Mapping[str, Any]], **options: Any) -> bytes:
    """Write crash pings as an export of crash_v4."""
    return parquet([bigquery_row(ping) for ping in pings], CRASH_SCHEMA, **options)
