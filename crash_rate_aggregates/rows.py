"""The Arrow rows that pass between judging and grouping: one a ping."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from crash_rate_aggregates.stats import STAT_NAMES

_LOW_CARDINALITY = pa.dictionary(pa.int32(), pa.string())

CUT_NAMES: Final = (
    "channel",
    "build_version",
    "build_id",
    "os_name",
    "os_version",
    "architecture",
    "country",
)
"""The dimensions by which the tables beside `crash_aggregates` are cut; the application, too."""
EXPERIMENTS: Final = pa.list_(pa.struct([("experiment", pa.string()), ("branch", pa.string())]))
CHILD_CRASHES: Final = pa.list_(pa.struct([("process", pa.string()), ("crashes", pa.int64())]))

PING_SCHEMA = pa.schema(
    [
        # Its number among those of the day: which pings are copies is kept by it alone.
        pa.field("ping", pa.int64(), nullable=False),
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
        pa.field("pair_high", pa.int64()),
        pa.field("pair_low", pa.int64()),
        pa.field("is_glean", pa.bool_(), nullable=False),
        pa.field("application", _LOW_CARDINALITY),
        # One digit a dimension, so that the ledger can say how many pings had it.
        pa.field("carried", _LOW_CARDINALITY, nullable=False),
        *(pa.field(name, _LOW_CARDINALITY) for name in CUT_NAMES),
        # The client's id, keyed by what the run throws away: what it was, nobody can tell.
        pa.field("client_high", pa.int64()),
        pa.field("client_low", pa.int64()),
        pa.field("display_version", _LOW_CARDINALITY),
        pa.field("experiments", EXPERIMENTS),
        pa.field("child_crashes", CHILD_CRASHES),
        pa.field("process", _LOW_CARDINALITY),
        pa.field("actors", _LOW_CARDINALITY),
        pa.field("crash_class", _LOW_CARDINALITY),
        pa.field("is_startup", pa.bool_()),
        *(pa.field(name, pa.int64(), nullable=False) for name in STAT_NAMES),
    ]
)
"""One row a ping that passed rules 1 to 7; a key that the ping does not have is NULL."""
