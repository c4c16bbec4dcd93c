"""All settings of the program, put together from what each part lets people set."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from crash_rate_aggregates.database.access.database_access import DatabaseAccess
from crash_rate_aggregates.database.schema.schema_options import (
    PeopleOptions,
    RetentionOptions,
    RoleOptions,
)
from crash_rate_aggregates.database.server.server_options import ServerOptions
from crash_rate_aggregates.dimensions import DimensionChoice
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits
from crash_rate_aggregates.engines.spark.configuration import SparkSettings
from crash_rate_aggregates.normalize.judging_options import JudgingOptions
from crash_rate_aggregates.normalize.release_list import ReleaseOptions
from crash_rate_aggregates.questions.answer_options import AnswerOptions
from crash_rate_aggregates.redash.redash_access import RedashAccess
from crash_rate_aggregates.settable import Place, Settable
from crash_rate_aggregates.sources.stores.objects.storage_options import StorageOptions
from crash_rate_aggregates.sources.stores.selection import PathSelection
from crash_rate_aggregates.watch.notify_options import NotifyOptions

# These modules hold what can be set and nothing else, so that --help need not load what is set.


def _usable_cores() -> int:
    """Return the cores that this process may use, at least 1."""
    try:
        # Containers and taskset may leave a process fewer than the machine has.
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS has no affinity.
        return os.cpu_count() or 1


def _usual_engine() -> Literal["embedded", "spark"]:
    """Return the engine of a program that says none: spark-submit is not typed for another."""
    return "spark" if "PYSPARK_GATEWAY_PORT" in os.environ else "embedded"


@dataclass(frozen=True, slots=True)
class DayOptions:
    """What a day is computed from, and by what."""

    # These choose among parts, or are of more than one, so they stand above all of them.
    pings: Annotated[
        Place | None,
        Settable(
            says="Folder or URL (`s3://`, `gs://`, `az://`, `file://`) of `submission_date=…` "
            "folders, or a pattern with `%Y%m%d`.",
            page="sources.md",
        ),
    ] = None
    engine: Annotated[
        Literal["embedded", "spark"],
        Settable(says="What computes a day.", unset="embedded, and spark under spark-submit"),
    ] = field(default_factory=_usual_engine)
    jobs: Annotated[
        int,
        Settable(
            says="Worker processes of the embedded engine.", unset="all cores", least=1, most=1024
        ),
    ] = field(default_factory=_usable_cores)
    scratch: Annotated[
        Path | None,
        Settable(says="Folder for rows between stages.", unset="the system's temporary folder"),
    ] = None


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, each in the dataclass of the part that works by it.

    docs/configuration.md has a section for each field, in this order.
    """

    day: DayOptions
    selection: PathSelection
    storage: StorageOptions
    database: DatabaseAccess
    server: ServerOptions
    grouping: GroupingLimits
    spark: SparkSettings
    dimensions: DimensionChoice
    judging: JudgingOptions
    releases: ReleaseOptions
    people: PeopleOptions
    retention: RetentionOptions
    roles: RoleOptions
    redash: RedashAccess
    notify: NotifyOptions
    answers: AnswerOptions
