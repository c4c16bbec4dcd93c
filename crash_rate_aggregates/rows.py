"""The Arrow rows that pass between stages: pings to the engine, a day's tables to the database.

One more table of a day is an entry here, a statement in `engines/queries` and a migration that
makes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

import pyarrow as pa

from crash_rate_aggregates.stats import CRASH_PING_STATS, STAT_NAMES

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


@dataclass(frozen=True, slots=True)
class KnownLabel:
    """What people call the build of an application's channel."""

    application: str
    channel: str | None
    """Folded, as in the tables of the day."""
    build_id: str
    label: str
    """Like `156.0b3`."""
    is_learned: bool
    """Whether pings said so, and not a list of releases alone: then the day's own go before it."""


@dataclass(frozen=True, slots=True)
class PingSum:
    """A sum over a table's rows that is a number of counted pings."""

    columns: tuple[str, ...]
    """Added up over all rows."""
    where: tuple[str, str] | None = None
    """A column and its value in the rows that count; None for all rows."""


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
    usage_pings: PingSum | None = None
    """What must be as many as the usage pings that the ledger counts; None if nothing is."""
    crash_pings: PingSum | None = None
    """Likewise of crash pings."""
    is_of_people: bool = False
    """Whether rows can be of few people: readers see them through a view that folds such."""

    @property
    def has_stats(self) -> bool:
        """Whether its rows, and those of its summaries, have all stats as columns."""
        return set(STAT_NAMES) <= set(self.schema.names)


def _texts(names: Iterable[str], *, nullable: bool = True) -> list[pa.Field]:
    return [pa.field(name, pa.string(), nullable=nullable) for name in names]


def _counts(names: Iterable[str]) -> list[pa.Field]:
    return [pa.field(name, pa.int64(), nullable=False) for name in names]


_ACTIVITY_DATE = pa.field("activity_date", pa.date32(), nullable=False)
JSON_COLUMNS: Final = frozenset({"dimensions"})
"""Their texts are JSON, in which no raw control character can stand."""
CRASH_AGGREGATES: Final = DayTable(
    name="crash_aggregates",
    schema=pa.schema(
        [_ACTIVITY_DATE, *_texts(["dimensions"], nullable=False), *_counts(STAT_NAMES)]
    ),
    statement="aggregates",
    summaries=(
        "crash_aggregates_by_channel",
        "crash_aggregates_by_build",
        "crash_aggregates_by_system",
        "crash_aggregates_by_country",
        "crash_aggregates_by_stratum",
    ),
    usage_pings=PingSum(("ping_count",)),
    crash_pings=PingSum(CRASH_PING_STATS),
)
"""The table of 2016: one row an aggregate, `dimensions` a JSON object's text."""
STRATUM_COUNTRIES: Final = 12
"""In the summary by stratum: those of an application with most usage hours of the day. Cells of
fewer hours would say little, and the table has a row for each."""
NAMED_COUNTRIES: Final = 20
"""In the table of crashes by process: those with most usage hours of the day."""
BY_PROCESS: Final = DayTable(
    name="crash_aggregates_by_process",
    schema=pa.schema(
        [
            _ACTIVITY_DATE,
            *_texts(["application"], nullable=False),
            *_texts(CUT_NAMES),
            *_texts(["process"], nullable=False),
            *_texts(["actors"]),
            *_texts(["crash_class"]),
            pa.field("is_startup", pa.bool_()),
            *_texts(["source"], nullable=False),
            *_counts(["crashes", "sent_twice"]),
        ]
    ),
    statement="by_process",
    summaries=("crash_aggregates_process_sums",),
    crash_pings=PingSum(("crashes",), where=("source", "crash ping")),
)
"""Crashes by process type, class and source; countries with few hours are one."""
LABELS: Final = DayTable(
    name="crash_aggregates_labels",
    schema=pa.schema(
        [
            *_texts(["application"], nullable=False),
            *_texts(["channel"]),
            *_texts(["build_id"], nullable=False),
            *_texts(["label", "learned_label"]),
            *_counts(["learned_pings"]),
        ]
    ),
    statement="labels_of_day",
)
"""What people call each build: by what name the run counted its people, and what its pings say."""


@dataclass(frozen=True, slots=True)
class ClientLevel:
    """One way to divide people, within an application's channel: distinct ones do not add up."""

    name: str
    columns: tuple[str, ...] = ()
    """Beside application and channel."""


CLIENT_LEVELS: Final = (
    ClientLevel("channel"),
    ClientLevel("label", ("label",)),
    ClientLevel("os", ("os_name",)),
    ClientLevel("os_version", ("os_name", "os_version")),
    ClientLevel("country", ("country",)),
    # Shares of releases are compared within a system, and nothing finer is counted.
    ClientLevel("label_os", ("label", "os_name")),
)
LEVEL_COLUMNS: Final = tuple(
    dict.fromkeys(chain.from_iterable(level.columns for level in CLIENT_LEVELS))
)
"""All that a level divides by; NULL in rows of the levels that do not."""
PEOPLE_KINDS: Final[Mapping[str, str]] = {
    "main": "main_crashes",
    "content": "content_crashes_not_at_shutdown",
    "any": "main_crashes + content_crashes_not_at_shutdown + other_process_crash_pings",
}
"""The kinds of crashes by which people are counted, and SQL over stats for the crashes of one."""
CRASH_BUCKETS: Final[Mapping[str, tuple[int, int | None]]] = {
    "1": (1, 1),
    "2": (2, 2),
    "3_5": (3, 5),
    "6_20": (6, 20),
    "more": (21, None),
}
"""How often a client crashed in a day: at least and at most; None without a bound."""
CLIENTS: Final = DayTable(
    name="crash_aggregates_clients",
    schema=pa.schema(
        [
            *_texts(["level", "application"], nullable=False),
            *_texts(["channel", *LEVEL_COLUMNS]),
            *_texts(["kind"], nullable=False),
            *_counts(["active_clients", "crashed_clients", "crashes", "squares"]),
            *_counts(f"clients_{bucket}" for bucket in CRASH_BUCKETS),
            *_counts(f"crashes_{bucket}" for bucket in CRASH_BUCKETS),
            *_counts(["top_clients", "top_crashes", "top_usage_seconds"]),
        ]
    ),
    statement="clients",
    is_of_people=True,
)
"""Distinct clients of a submission date, by level and kind of crash."""
BY_EXPERIMENT: Final = DayTable(
    name="crash_aggregates_by_experiment",
    schema=pa.schema(
        [
            *_texts(["experiment", "branch", "application"], nullable=False),
            *_texts(["channel", "label"]),
            *_counts(STAT_NAMES),
            *_counts(["active_clients", *(f"{kind}_crashed_clients" for kind in PEOPLE_KINDS)]),
        ]
    ),
    statement="by_experiment",
    is_of_people=True,
)
"""The stats by experiment and branch: a ping in several experiments stands in each."""
DAY_TABLES: Final = (CRASH_AGGREGATES, BY_PROCESS, LABELS, CLIENTS, BY_EXPERIMENT)
"""All that a day fills."""
SUMMARIES: Final = tuple(chain.from_iterable(table.summaries for table in DAY_TABLES))
"""The tables that hold sums over the rows of a day."""
FOLDED_DAYS: Final = "crash_aggregates_folded_days"
"""The table that says of each day by which applications its summaries are folded."""
REPLACED_TABLES: Final = (*(table.name for table in DAY_TABLES), *SUMMARIES, FOLDED_DAYS)
"""Every table of which a run replaces the rows of its submission date."""
PEOPLE_TABLES: Final = tuple(table.name for table in DAY_TABLES if table.is_of_people)
"""Those that readers may not read as they stand."""
