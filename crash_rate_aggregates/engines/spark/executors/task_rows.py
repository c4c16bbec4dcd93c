"""What a task sends back: rows of pings, and last one row with its report."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field

import pyarrow as pa

from crash_rate_aggregates.engines.kernel import VerdictCounts
from crash_rate_aggregates.errors import CrashRateAggregatesError
from crash_rate_aggregates.ledger import DamagedFile
from crash_rate_aggregates.rows import PING_SCHEMA

REPORT = "report"
BATCH = "batch"
_PING_FIELDS = [
    # Spark reads no dictionaries.
    pa.field(one.name, one.type.value_type if pa.types.is_dictionary(one.type) else one.type)
    for one in PING_SCHEMA
]
TASK_SCHEMA = pa.schema([*_PING_FIELDS, pa.field(REPORT, pa.binary())])
"""`PING_SCHEMA`, and the pickled report; a row has either the one or the other."""
BATCH_SCHEMA = pa.schema([pa.field(BATCH, pa.binary())])
"""Rows of a day's table on their way to the driver: each is an Arrow stream of some thousand."""


@dataclass(slots=True)
class TaskReport:
    """What a task says about its files. It travels with the rows, so both tell one story."""

    task: int
    """Place of the task's files in the plan."""
    counts: VerdictCounts = field(default_factory=VerdictCounts)
    damaged: list[DamagedFile] = field(default_factory=list)
    fingerprint: bytes = b""
    """Of all that was read: another one means that a file has changed."""
    failure: CrashRateAggregatesError | None = None
    """Why the day cannot be computed; no other attempt could change it."""


def ping_rows(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return rows by `PING_SCHEMA` as rows of a task."""
    # The last column of the tasks, the report, has no counterpart in the rows of pings.
    columns = [
        column.cast(one.type) for column, one in zip(batch.columns, TASK_SCHEMA, strict=False)
    ]
    reports = pa.nulls(batch.num_rows, pa.binary())
    return pa.RecordBatch.from_arrays([*columns, reports], schema=TASK_SCHEMA)


def report_row(report: TaskReport) -> pa.RecordBatch:
    """Return a report as the row of a task."""
    columns = [pa.nulls(1, one.type) for one in _PING_FIELDS]
    packed = pa.array([pickle.dumps(report)], pa.binary())
    return pa.RecordBatch.from_arrays([*columns, packed], schema=TASK_SCHEMA)


def report_of(value: bytes) -> TaskReport:
    """Read a report that one of our own tasks wrote."""
    report: TaskReport = pickle.loads(value)  # noqa: S301  It comes from our own executors.
    return report


def packed_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch as one row of `BATCH_SCHEMA`."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    value = pa.array([sink.getvalue().to_pybytes()], pa.binary())
    return pa.RecordBatch.from_arrays([value], schema=BATCH_SCHEMA)


def unpacked_batch(value: bytes, schema: pa.Schema) -> pa.RecordBatch:
    """Return a packed batch, by the schema of its table."""
    with pa.ipc.open_stream(value) as reader:
        return reader.read_next_batch().cast(schema)
