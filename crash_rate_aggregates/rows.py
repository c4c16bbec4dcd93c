"""The Arrow rows that pass between stages: pings to the engine, a day's tables to the database."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Final

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
        pa.field("pair_high", pa.int64()),
        pa.field("pair_low", pa.int64()),
        pa.field("is_glean", pa.bool_(), nullable=False),
        pa.field("application", _LOW_CARDINALITY),
        # One digit a dimension, so that the ledger can say how many pings had it.
        pa.field("carried", _LOW_CARDINALITY, nullable=False),
        *_STAT_FIELDS,
    ]
)
"""One row a ping that passed rules 1 to 7; a key that the ping does not have is NULL."""


@dataclass(frozen=True, slots=True)
class DayTable:
    """One table that a submission date fills; all are replaced in the same transaction."""

    name: str
    """In the database, where it has a column `submission_date` beside those of the schema; begins
    with `crash_`, by which roles are given what is theirs."""
    schema: pa.Schema
    """One row, as it goes into the table."""
    statement: str
    """Name of the engines' statement that yields its rows from the `winners` among the pings."""
    summaries: tuple[str, ...] = ()
    """Tables with sums over its rows; `database/days` makes them by `summarize_<name>.sql`."""
    holds_each_ping_once: bool = False
    """Whether its rows have the stats of each counted ping just once: they then must add up to what
    the ledger counts."""

    @property
    def has_stats(self) -> bool:
        """Whether its rows, and those of its summaries, have all stats as columns."""
        return set(STAT_NAMES) <= set(self.schema.names)


JSON_COLUMNS: Final = frozenset({"dimensions"})
"""Their texts are JSON, in which no raw control character can stand."""
CRASH_AGGREGATES: Final = DayTable(
    name="crash_aggregates",
    schema=pa.schema(
        [
            pa.field("activity_date", pa.date32(), nullable=False),
            pa.field("dimensions", pa.string(), nullable=False),
            *_STAT_FIELDS,
        ]
    ),
    statement="aggregates",
    summaries=(
        "crash_aggregates_by_channel",
        "crash_aggregates_by_build",
        "crash_aggregates_by_system",
        "crash_aggregates_by_country",
    ),
    holds_each_ping_once=True,
)
"""The table of 2016: one row an aggregate, `dimensions` a JSON object's text."""
DAY_TABLES: Final = (CRASH_AGGREGATES,)
"""All that a day fills. One more is an entry here, a statement in `engines/queries` and a migration
that makes it."""
SUMMARIES: Final = tuple(chain.from_iterable(table.summaries for table in DAY_TABLES))
"""The tables that hold sums over the rows of a day."""
FOLDED_DAYS: Final = "crash_aggregates_folded_days"
"""The table that says of each day by which applications its summaries are folded."""
REPLACED_TABLES: Final = (*(table.name for table in DAY_TABLES), *SUMMARIES, FOLDED_DAYS)
"""Every table of which a run replaces the rows of its submission date."""
