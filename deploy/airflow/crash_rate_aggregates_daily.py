"""Fill crash rate aggregates every day at noon UTC, by Airflow 3.

Put this file into the folder of DAGs and set the environment of the workers:
CRASH_RATE_AGGREGATES_JOB is the entry script of the unpacked tarball, and the settings are those of
docs/configuration.md, like CRASH_RATE_AGGREGATES_PINGS.

Each run fills the day before its own date. Catch-up is the backfill: Airflow makes a run for each
day since START that has none, and `airflow backfill create` repeats days.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG
from airflow.timetables.interval import CronDataIntervalTimetable

START = datetime.fromisoformat(os.environ.get("CRASH_RATE_AGGREGATES_START", "2026-01-01"))
# So often a run is tried again, after 5 minutes and then ever later.
RETRIES = int(os.environ.get("CRASH_RATE_AGGREGATES_RETRIES", "5"))
# The worker's own environment says where the job is.
INSTALLED = "/opt/crash-rate-aggregates/current/crash-rate-aggregates-job.py"
JOB = f'"${{CRASH_RATE_AGGREGATES_JOB:-{INSTALLED}}}"'
# A run of noon on the 15th has the interval from noon on the 14th: it fills the 14th.
DAY = "{{ data_interval_start.strftime('%Y-%m-%d') }}"

with DAG(
    dag_id="crash_rate_aggregates_daily",
    description="Each day of pings into crash_aggregates",
    schedule=CronDataIntervalTimetable("0 12 * * *", timezone="UTC"),
    start_date=START.replace(tzinfo=UTC),
    catchup=True,
    max_active_runs=1,
    default_args={
        "retries": RETRIES,
        "retry_delay": timedelta(minutes=5),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(hours=2),
    },
    tags=["crash-rate-aggregates"],
):
    fill = BashOperator(
        task_id="fill",
        bash_command=f'{JOB} run --submission-date "$DAY"',
        env={"DAY": DAY},
        append_env=True,
        execution_timeout=timedelta(hours=22),
    )
    # Exit code 3 fails the task: the day is missing, not whole, or of unusual volume.
    check = BashOperator(
        task_id="check",
        bash_command=f'{JOB} check --days 1 --max-submission-date "$DAY"',
        env={"DAY": DAY},
        append_env=True,
        retries=0,
    )
    fill >> check
