"""A database of the twelve migrations before 0001_tables, which is taken over as it stands."""

from __future__ import annotations

from collections.abc import Mapping

from crash_rate_aggregates.database.schema.definitions import Defined
from crash_rate_aggregates.errors import DatabaseError

MIGRATIONS = {
    "0001_aggregates": "3c7f558f086f45729fefb1ebff6c310003256022a8b85f2d6c813b172307ece9",
    "0002_runs": "d8cb3ff2de2e6b16f9cf976ba3c8eba4237b6f42d0aa08f9960fa45546a721ec",
    "0003_crash_count_limits": "ff0a2f682dcdfc463bd5ce0f46149d621e6f3458c4a639937e6eaa4aea883fb2",
    "0004_main_crashes_sent_twice": (
        "491b70e43a556fba24e1f726f07ad5eb3ecf249bf6a6d9b8d849d0ccbdb57fd4"
    ),
    "0005_rates": "fdb42927e1370cacfe1de87c7e6202dce87c60bd043f4fb7ec9f3fcaa47b69e3",
    "0006_summaries": "41dc1530e6c87cdf2d7d0bc5f0f06441d8b5749c557316dee7aa930d49b653d4",
    "0007_history": "e0894112affdddaa99ab996dbec71691539e69a9c4df86afa395a86a6cc987a1",
    "0008_partitions": "fd660cd65321b19ee8ab985f07d0b1f1c93881017144875088682d05f4ba3c74",
    "0009_open_attempts": "e24582bcf0f76a8f6615f37676cf54bd8abc50af05750d4d3923f2e0a2aea0dd",
    "0010_applications": "43ed754f79522a061fe0493b789f9f3b9a76c0b889b6a1a2d84817a2deeee19c",
    "0011_intervals_of_differences": (
        "23560e02dbfda6026125217c589831beca050ed3e561f2571803a02965e33c74"
    ),
    "0012_locks": "5eb59bc135a9cc4dbd2c6177bdded09c52f68f2751cd1158ede8f174575c6daf",
}
"""Name and digest of each, in order."""

MADE = Defined(
    views=(
        "crash_aggregates_current_runs",
        "crash_aggregates_days_to_sum_up",
        "crash_aggregates_restated_runs",
        "crash_aggregates_restatements",
        "crash_counts_by_build",
        "crash_counts_by_channel",
        "crash_counts_by_country",
        "crash_counts_by_system",
        "crash_rates_by_day",
    ),
    functions=(
        "crash_aggregates_changed_names(jsonb,jsonb)",
        "crash_aggregates_make_partition(date)",
        "crash_application(text)",
        "crash_build_age(text,date)",
        "crash_build_date(text)",
        "crash_channel(text)",
        "crash_count_lower_limit(float8,float8)",
        "crash_count_upper_limit(float8,float8)",
        "crash_dispersion(bigint,float8,float8,float8,float8)",
        "crash_effective_lower_limit(float8)",
        "crash_effective_upper_limit(float8)",
        "crash_gamma_quantile(float8,float8)",
        "crash_kinds(float8,float8,float8,float8,float8,float8)",
        "crash_main(float8,float8)",
        "crash_min_usage_hours()",
        "crash_os_version(text)",
        "crash_rate(boolean,float8,float8,float8,float8,float8)",
        "crash_rates_of_sums(bigint,float8,float8,float8,float8,float8,float8,float8,float8)",
    ),
)
"""Views and functions that they left."""


def is_predecessor(migrations: Mapping[int, tuple[str, str]]) -> bool:
    """Tell whether a database has just these migrations.

    Args:
        migrations: Name and digest of those recorded, by number.

    Raises:
        DatabaseError: It has only the first of them.
    """
    # Digests too: a file that was changed before it was applied has left other tables.
    recorded = list(migrations.values())
    if recorded and recorded == list(MIGRATIONS.items())[: len(recorded)]:
        if len(recorded) < len(MIGRATIONS):
            raise DatabaseError(
                f"the database stands at {recorded[-1][0]} of an older version of the program, and "
                f"this one takes over from {[*MIGRATIONS][-1]} alone: bring it there with the last "
                "version that has that migration, or use an empty database"
            )
        return True
    return False
