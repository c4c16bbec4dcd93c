"""The group stage on Spark: the same statements as DuckDB's, over the rows of the tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

from crash_rate_aggregates.day_tables import DayTable, KnownLabel
from crash_rate_aggregates.engines.drawn_ledger import CountedPings
from crash_rate_aggregates.engines.group_statements import (
    GROUP_STEPS,
    KEPT_STEPS,
    WINNERS,
    Dialect,
    statement,
)
from crash_rate_aggregates.engines.known_labels import known_labels_table
from crash_rate_aggregates.engines.spark.executors.judge_task import JudgeTask, packed_batches
from crash_rate_aggregates.engines.spark.executors.task_rows import (
    BATCH,
    BATCH_SCHEMA,
    REPORT,
    TASK_SCHEMA,
    TaskReport,
    report_of,
)
from crash_rate_aggregates.rows import PING_SCHEMA

_ROWS_A_PARTITION = 50_000
"""At most 20 MB of usual aggregates: the driver holds one or two partitions at a time."""
_MAX_PARTITIONS = 2_000
"""Of more Spark would keep one size each for each task in the driver. So from 100 million pings on
they are larger."""
_DIALECT = Dialect(kept="VIEW", unnest="explode")
_CONF = {
    # A sum that outgrows bigint fails instead of wrapping around.
    "spark.sql.ansi.enabled": "true",
    # What it finds out by running is known before: the number of partitions is ours, so that each
    # fits into the driver, and copies are found before the joins with them are planned.
    "spark.sql.adaptive.enabled": "false",
}


class SparkGrouping:
    """The stages of one day: tasks in, their reports and the rows of the day's tables out."""

    def __init__(self, session: SparkSession, task: JudgeTask) -> None:
        """Lay out the judging; nothing runs yet."""
        # Views of this name and settings of this day alone; the executors are the application's.
        self._session = session.newSession()
        for name, value in _CONF.items():
            self._session.conf.set(name, value)
        self._kept: list[DataFrame] = []
        tasks = len(task.files)
        numbers = self._session.range(0, tasks, 1, tasks)
        self._stage = self._keep(numbers.mapInArrow(task, self._spark_schema(TASK_SCHEMA)))

    def reports(self) -> list[TaskReport]:
        """Judge all files, unless that is done and kept, and return each task's report."""
        rows = self._stage.where(f"{REPORT} IS NOT NULL").select(REPORT).collect()
        return sorted((report_of(row[REPORT]) for row in rows), key=lambda report: report.task)

    def load(self, rows: int, labels: Iterable[KnownLabel]) -> None:
        """Name the rows, find copies and labels of builds; `rows` is their number."""
        partitions = min(rows // _ROWS_A_PARTITION + 1, _MAX_PARTITIONS)
        self._session.conf.set("spark.sql.shuffle.partitions", str(partitions))
        pings = self._stage.where(f"{REPORT} IS NULL").select(*PING_SCHEMA.names)
        pings.createTempView("pings")
        known = self._session.createDataFrame(known_labels_table(labels))
        known.createTempView("known_labels")
        for step in GROUP_STEPS:
            self._sql(step)
            frame = self._session.table(step)
            # Named anew, by its plan: the text of a view is analysed wherever it is read, with the
            # texts of all views that it reads, which takes minutes.
            frame.createOrReplaceTempView(step)
            if step == WINNERS:
                # Read by every table of the day: else each plan would hold the search for copies
                # many times over, more than the driver has memory for.
                self._keep(frame)
            if step in KEPT_STEPS:
                # Now, so that their size is known: few are broadcast, and no ping is shuffled.
                self._keep(frame).count()

    def counted(self) -> list[CountedPings]:
        """Return the counted pings by what the ledger tells apart."""
        return [CountedPings(**row.asDict()) for row in self._sql("counted").collect()]

    def left_out(self) -> int:
        """Return how many v4 crash pings were left out for Glean ones of the same crashes."""
        return int(self._sql("left_out").collect()[0]["pings"])

    def rows(self, table: DayTable) -> Iterator[bytes]:
        """Compute all rows of a table, then stream them in packed batches, by partition."""
        rows = self._sql(table.statement)
        packed = self._keep(rows.mapInArrow(packed_batches, self._spark_schema(BATCH_SCHEMA)))
        # Now: what fails in Spark fails before the database hears of the day.
        packed.count()
        # Not the frame's own iterator: its jobs begin when their SQL execution has ended, so the
        # scheduler would keep them, and all plans of the day, as long as the application runs.
        return (bytes(row[BATCH]) for row in packed.rdd.toLocalIterator(prefetchPartitions=True))

    def free(self) -> None:
        """Free what the executors keep for the day."""
        for frame in reversed(self._kept):
            frame.unpersist()
        self._kept = []

    def _keep(self, frame: DataFrame) -> DataFrame:
        # On disk: rows are read a few times, in order, and executors need their memory for sorting.
        kept = frame.persist(StorageLevel.DISK_ONLY)
        self._kept.append(kept)
        return kept

    def _sql(self, name: str) -> DataFrame:
        return self._session.sql(statement(name, _DIALECT))

    def _spark_schema(self, schema: pa.Schema) -> StructType:
        return self._session.createDataFrame(schema.empty_table()).schema
