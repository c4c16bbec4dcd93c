"""Spark's DataFrames over JSON with a pruned schema; broken lines become rows of nulls."""

from __future__ import annotations

import sys

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as f

from benchmarks.peers.local_spark import local_session
from crash_rate_aggregates.dimensions import DIMENSIONS

_SCHEMA = """
    type string,
    creationDate string,
    application struct<channel: string, name: string>,
    environment struct<
        build: struct<version: string, buildId: string, architecture: string>,
        system: struct<os: struct<name: string, version: string>>,
        addons: struct<activeExperiment: struct<id: string, branch: string>>,
        settings: struct<e10sEnabled: string, e10sCohort: string>>,
    meta struct<docType: string, submissionDate: string, geoCountry: string>,
    payload struct<
        crashDate: string,
        processType: string,
        info: struct<subsessionStartDate: string, subsessionLength: bigint>,
        keyedHistograms: struct<SUBPROCESS_CRASHES_WITH_DUMP: struct<
            content: struct<values: struct<`0`: bigint>>,
            plugin: struct<values: struct<`0`: bigint>>,
            gmplugin: struct<values: struct<`0`: bigint>>,
            gpu: struct<values: struct<`0`: bigint>>>>>
"""
_WITH_DUMP = "payload.keyedHistograms.SUBPROCESS_CRASHES_WITH_DUMP"


def main(pings: str, output: str, cores: str) -> None:
    """Group the day."""
    with local_session(cores) as session:
        _grouped(session.read.schema(_SCHEMA).json(pings)).coalesce(1).write.parquet(output)


def _grouped(pings: DataFrame) -> DataFrame:
    is_main = f.col("doc_type") == "main"
    own_date = f.when(is_main, f.col("payload.info.subsessionStartDate")).otherwise(
        f.col("payload.crashDate")
    )
    stated = f.expr("try_cast(substr(stated_text, 1, 10) AS date)")
    return (
        pings.withColumn("doc_type", f.coalesce("meta.docType", "type"))
        .withColumn("stated_text", f.coalesce(own_date, "creationDate"))
        .withColumn("stated", stated)
        .where(f.col("doc_type").isin("main", "crash"))
        .where(f.coalesce("meta.submissionDate", f.lit("20160314")) == "20160314")
        .where(f.col("environment.build.buildId").rlike("^[0-9]{14}$"))
        .where(f.col("stated").isNotNull())
        .groupBy(
            f.expr("greatest(least(stated, DATE '2016-03-14'), DATE '2016-03-07')").alias(
                "activity_date"
            ),
            *(f.col(".".join(each.path)).alias(each.name) for each in DIMENSIONS),
        )
        .agg(
            f.count_if(is_main).alias("ping_count"),
            f.sum(f.expr("least(greatest(coalesce(payload.info.subsessionLength, 0), 0), 90000)"))
            .cast("bigint")
            .alias("usage_seconds"),
            f.count_if(
                ~is_main & (f.coalesce("payload.processType", f.lit("main")) == "main")
            ).alias("main_crashes"),
            *map(_child_crashes, ("content", "plugin", "gmplugin", "gpu")),
        )
    )


def _child_crashes(process: str) -> Column:
    count = f.col(f"{_WITH_DUMP}.{process}.values.`0`")
    return f.coalesce(f.sum(count), f.lit(0)).alias(f"{process}_crashes")


if __name__ == "__main__":
    main(*sys.argv[1:])
