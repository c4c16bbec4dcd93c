"""The Arrow rows that pass between stages: pings to the engine, aggregates to the database."""

from __future__ import annotations

import pyarrow as pa

from crash_rate_aggregates.stats import STAT_NAMES

_STAT_FIELDS = [pa.field(name, pa.int64(), nullable=False) for name in STAT_NAMES]
_LOW_CARDINALITY = pa.dictionary(pa.int32(), pa.string())

PING_SCHEMA = pa.schema(
    [
        pa.field("doc_type", _LOW_CARDINALITY, nullable=False),
        pa.field("activity_date", pa.date32(), nullable=False),
        # One JSON object with its keys in the order of the dimensions: equal text is equal values,
        # so one column is enough to group by, however many dimensions there are.
        pa.field("dimensions", _LOW_CARDINALITY, nullable=False),
        pa.field("process_type", _LOW_CARDINALITY),
        pa.field("adjustments", pa.int32(), nullable=False),
        # 128 bits each, as two signed halves: not every engine has wider or unsigned integers.
        pa.field("id_high", pa.int64()),
        pa.field("id_low", pa.int64()),
        pa.field("minidump_high", pa.int64()),
        pa.field("minidump_low", pa.int64()),
        pa.field("copy_high", pa.int64()),
        pa.field("copy_low", pa.int64()),
        *_STAT_FIELDS,
    ]
)
"""One row a ping that passed rules 1 to 7; a key that the ping does not have is NULL."""

AGGREGATE_SCHEMA = pa.schema(
    [
        pa.field("activity_date", pa.date32(), nullable=False),
        pa.field("dimensions", pa.string(), nullable=False),
        *_STAT_FIELDS,
    ]
)
"""One row an aggregate, as it goes into the table; `dimensions` is a JSON object's text."""
