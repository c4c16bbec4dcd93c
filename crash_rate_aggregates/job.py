"""One submission date end to end; a backfill is that, once for every date."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import monotonic

from crash_rate_aggregates import __version__
from crash_rate_aggregates.applications import KNOWN_APPLICATIONS, Application
from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.days.attempts import begin_attempt, fail_attempt
from crash_rate_aggregates.database.days.recorded_runs import stored_runs
from crash_rate_aggregates.database.days.releases import known_labels
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.runs import (
    DayToStore,
    RecordedDay,
    RecordedRun,
    RunFacts,
)
from crash_rate_aggregates.database.prepare import prepare_database
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.database.schema.vacuum import Untidied, vacuum_day
from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.engines.interface import DayRequest, Engine, Progress, files_bytes
from crash_rate_aggregates.errors import (
    CrashRateAggregatesError,
    DatabaseError,
    InterruptedRunError,
)
from crash_rate_aggregates.health.fit_to_store import require_counted, require_files
from crash_rate_aggregates.normalize.release_list import Release
from crash_rate_aggregates.rows import KnownLabel
from crash_rate_aggregates.sources.stores.objects.storage_options import (
    USUAL_STORAGE,
    StorageOptions,
)
from crash_rate_aggregates.sources.stores.selection import EVERYTHING, PathSelection
from crash_rate_aggregates.sources.stores.urls import open_store
from crash_rate_aggregates.unforeseen import unforeseen

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """What is the same for every day of a backfill."""

    pings: str
    """Folder, URL or pattern, as --pings says; without secrets."""
    database_url: str
    """libpq URL, with its password."""
    engine: Engine
    dimensions: tuple[Dimension, ...]
    progress: Progress
    applications: tuple[Application, ...] = KNOWN_APPLICATIONS
    counts_automation: bool = False
    """Whether pings count that Mozilla's own tests sent."""
    allow_empty: bool = False
    """Replace a day of which nothing counts by nothing instead of keeping what is stored."""
    allow_damaged: bool = False
    releases: tuple[Release, ...] = ()
    """Of lists of releases: names of builds that no ping tells."""
    min_clients: int | None = None
    """Groups of fewer active clients are other for readers; None to leave what is stored."""
    storage: StorageOptions = USUAL_STORAGE
    selection: PathSelection = EVERYTHING

    @property
    def pings_source(self) -> str:
        """What was read, for the record: the place, and what was chosen there if not all."""
        return f"{self.pings} ({self.selection})" if self.selection else self.pings


@dataclass(frozen=True, slots=True)
class DaySummary(RecordedDay):
    """What a run of one day did."""

    seconds: float
    """From its beginning to its end; those of the run's facts end before the day was stored."""

    @property
    def submission_date(self) -> date:
        """The day."""
        return self.run.submission_date


@dataclass(frozen=True, slots=True)
class FailedDay:
    """A day that kept what the table held."""

    submission_date: date
    error: CrashRateAggregatesError


def backfill(
    job: Job, days: Sequence[date], *, stop_on_error: bool = False
) -> Iterator[DaySummary | FailedDay]:
    """Run each day, yielding as each is done; a failed day does not stop the others.

    Raises:
        InterruptedRunError: Ctrl-C or a termination signal after a day was stored.
    """
    # Once, and first: tables that cannot be made fail here, not after a day of computing.
    prepare_database(job.database_url, job.applications, job.min_clients)
    untidied = Untidied()
    for number, day in enumerate(days, start=1):
        try:
            yield run_day(job, day, untidied=untidied, is_last=number == len(days))
        # Kept from the next clause: it is no failed day, and no further one is to begin.
        except InterruptedRunError:
            raise
        except CrashRateAggregatesError as error:
            yield FailedDay(day, error)
            if stop_on_error:
                return


def run_day(
    job: Job,
    day: date,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    untidied: Untidied | None = None,
    is_last: bool = True,
) -> DaySummary:
    """Compute one submission date and replace it in the database.

    Args:
        job: What is the same for every day.
        day: Submission date.
        now: Tells the time, aware.
        untidied: Earlier days that are still to be vacuumed.
        is_last: Whether none comes that could be vacuumed together with this one.

    Raises:
        InterruptedRunError: Ctrl-C or a termination signal came after the day was stored.
        CrashRateAggregatesError: Whatever else went wrong; the day stays as it was.
    """
    started_at = now()
    try:
        with _attempt(job, day, started_at):
            summary = _run_day(job, day, started_at)
        untidied = untidied or Untidied()
        untidied.add(day, summary.run.aggregates)
        _vacuum(job, untidied.take(at_once=is_last))
    except KeyboardInterrupt as interrupt:
        # It may have come around the commit, of which this process then knows nothing.
        if _is_stored(job, day, started_at):
            raise InterruptedRunError(
                f"interrupted: {day} is stored all the same; what came after it was not begun"
            ) from interrupt
        raise
    except CrashRateAggregatesError:
        raise
    except Exception as error:
        # A fault that nobody foresaw is this day's alone: a backfill goes on with the next.
        raise unforeseen(error) from error
    return summary


def _is_stored(job: Job, day: date, started_at: datetime) -> bool:
    """Ask whether the day's rows are of the run that began then: only the server knows."""
    doing = f"it is not known whether {day} is stored"
    with suppress(DatabaseError), rejections(doing), connect(job.database_url) as connection:
        runs = stored_runs(connection.cursor(), day)
        return any(run.facts.started_at == started_at for run in runs)
    return False


@contextmanager
def _attempt(job: Job, day: date, started_at: datetime) -> Iterator[None]:
    """Leave a trace in the database that the day's run began, until it commits."""
    # Closed at once: the day may take hours, in which a pooler would cut the connection.
    with connect(job.database_url) as connection:
        begin_attempt(connection, day, started_at, __version__)
    try:
        yield
    except CrashRateAggregatesError as error:
        _note_failure(job, day, started_at, error)
        raise
    except Exception as error:
        said = unforeseen(error)
        _note_failure(job, day, started_at, said)
        raise said from error


def _note_failure(
    job: Job, day: date, started_at: datetime, error: CrashRateAggregatesError
) -> None:
    # The trace is there; that the reason could not be added must not hide the reason.
    with suppress(Exception), connect(job.database_url) as connection:
        fail_attempt(connection, day, started_at, f"{error} [{error.slug}]")


def _run_day(job: Job, day: date, started_at: datetime) -> DaySummary:
    # Not by the clock, which may be set while a day is computed.
    started = monotonic()
    request = _day_request(job, day)
    stored_bytes = files_bytes(request.files)
    job.progress.begin_day(day, files=len(request.files), stored_bytes=stored_bytes)
    with job.engine.aggregate_day(request, job.progress) as result:
        if not job.allow_empty:
            require_counted(request, result, job.pings)
        # Inside the engine's context: the rows are still streaming out of it.
        job.progress.stage("store")
        facts = RunFacts(
            started_at=started_at,
            seconds=monotonic() - started,
            program_version=__version__,
            engine=job.engine.name,
            pings_source=job.pings_source,
            dimensions=job.dimensions,
            pings_read=result.pings_read,
            bytes_read=stored_bytes,
            files_read=len(request.files),
        )
        stored = DayToStore(day, result.tables, result.ledger, result.damaged, facts, job.releases)
        run = _store(job, stored)
    return DaySummary(run, result.ledger, result.damaged, seconds=monotonic() - started)


def _day_request(job: Job, day: date) -> DayRequest:
    store = open_store(job.pings, job.storage, job.selection)
    request = DayRequest(
        day,
        job.dimensions,
        store,
        tuple(store.list_day(day)),
        applications=job.applications,
        counts_automation=job.counts_automation,
        labels=_known_labels(job),
        allow_damaged=job.allow_damaged,
    )
    if not job.allow_empty:
        require_files(request, job.pings)
    return request


def _known_labels(job: Job) -> tuple[KnownLabel, ...]:
    with connect(job.database_url) as connection:
        return known_labels(connection)


def _store(job: Job, day: DayToStore) -> RecordedRun:
    # A connection of its own: one held open while the day was computed could have been cut.
    with connect(job.database_url) as connection:
        # Before the day's transaction, which would else hold its lock on the table for minutes.
        ensure_partition(connection, day.submission_date)
        return replace_day(connection, day)


def _vacuum(job: Job, days: Iterable[date]) -> None:
    """Tidy up; the days are stored, so nothing that goes wrong from here on fails them."""
    for day in days:
        try:
            with connect(job.database_url) as connection:
                in_the_way = vacuum_day(connection, day)
        except Exception as error:  # noqa: BLE001  A driver's own too: the day is stored all the same.
            in_the_way = str(error)
        if in_the_way is not None:
            log.info("%s is stored but not vacuumed: %s", day, in_the_way)
