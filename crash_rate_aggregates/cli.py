"""The command line: parse, call one function, print. Nothing is computed here.

The stages are imported inside the commands, so that `--help` stays quick.
"""

# ruff: noqa: PLC0415  The reason is above.

from __future__ import annotations

import csv
import logging
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from rich.console import Console

from crash_rate_aggregates import __version__
from crash_rate_aggregates.config import Settings, load_settings
from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.errors import (
    CrashRateAggregatesError,
    ExitCode,
    InterruptedRunError,
)

if TYPE_CHECKING:
    from crash_rate_aggregates.database.server import EmbeddedServer
    from crash_rate_aggregates.engines.interface import Engine
    from crash_rate_aggregates.sources.bucket import StorageOptions
    from crash_rate_aggregates.sources.selection import PathSelection

_Command = TypeVar("_Command", bound=Callable[..., Any])
_stderr = Console(stderr=True, highlight=False, soft_wrap=True)


class _SubmissionDate(click.ParamType[date]):
    """YYYY-MM-DD or YYYYMMDD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        from crash_rate_aggregates.job import submission_date

        del param, ctx
        return value if isinstance(value, date) else submission_date(value)


DATE = _SubmissionDate()


def _named_values(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> dict[str, str] | None:
    """Read KEY=VALUE, each; None if none was typed."""
    for value in values:
        if not value.partition("=")[0].strip() or "=" not in value:
            raise click.BadParameter(f"{value!r} is not KEY=VALUE", ctx, param)
    pairs = (value.partition("=") for value in values)
    return {key.strip(): value for key, _, value in pairs} or None


def _options(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    def add_all(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add_all


def _path_option(flag: str, setting: str) -> Callable[[_Command], _Command]:
    """Make an option that may stand more than once; absent, it leaves the setting alone."""
    return click.option(
        flag,
        setting,
        multiple=True,
        callback=lambda _context, _option, values: values or None,
        help="Read only this, by paths of 2016; repeatable.",
    )


_connection_options = _options(
    click.option("--database", help="libpq URL; default: the embedded server."),
    click.option("--home", type=Path, help="Folder of the embedded server."),
    click.option("--config", help="TOML file with settings."),
)
_run_options = _options(
    click.option(
        "--pings", help="Folder or s3://, gs://, az:// URL of submission_date=… folders, or %Y%m%d."
    ),
    _path_option("--doc-type", "doc_types"),
    _path_option("--application", "applications"),
    _path_option("--channel", "channels"),
    click.option("--storage-endpoint", help="URL of an S3-compatible or other server."),
    click.option("--storage-region", help="Region of an S3 bucket."),
    click.option("--storage-anonymous", is_flag=True, default=None, help="Read a public bucket."),
    _connection_options,
    click.option(
        "--engine",
        type=click.Choice(["embedded", "spark"]),
        help="What computes a day; default: embedded, and spark under spark-submit.",
    ),
    click.option("--jobs", type=int, help="Worker processes (embedded); default: all cores."),
    click.option("--spark-master", help="Like spark://host:7077; default: as Spark is configured."),
    click.option(
        "--spark-conf",
        multiple=True,
        metavar="KEY=VALUE",
        callback=_named_values,
        help="A setting of Spark; can be repeated.",
    ),
    click.option("--spark-archive", help="Packed Python environment for Spark's executors."),
    click.option("--allow-empty", is_flag=True, help="Replace a day without pings by nothing."),
    click.option("--allow-damaged", is_flag=True, help="Count what a damaged file still holds."),
    click.option("--json", "as_json", is_flag=True, help="Print the summary for machines."),
)
_range_options = _options(
    click.option("--min-submission-date", type=DATE, help="First day."),
    click.option("--max-submission-date", type=DATE, help="Last day, included."),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="crash-rate-aggregates")
def cli() -> None:
    """Crash rates from Telemetry pings: each day of pings into one PostgreSQL table."""


@cli.command()
@click.option("--submission-date", type=DATE, help="The day; default: yesterday, UTC.")
@_run_options
@click.pass_obj
def run(base: Sequence[Dimension], /, submission_date: date | None, **flags: Any) -> int:
    """Compute one submission date and replace it in the table."""
    return _fill(base, submission_date, submission_date, stop_on_error=True, **flags)


@cli.command()
@_range_options
@click.option("--stop-on-error", is_flag=True, help="End at the first day that fails.")
@_run_options
@click.pass_obj
def backfill(
    base: Sequence[Dimension],
    /,
    min_submission_date: date | None,
    max_submission_date: date | None,
    **flags: Any,
) -> int:
    """Run every submission date of a range; one bound alone: the other is yesterday, UTC."""
    return _fill(base, min_submission_date, max_submission_date, **flags)


def _fill(
    base: Sequence[Dimension],
    first: date | None,
    last: date | None,
    *,
    stop_on_error: bool,
    as_json: bool,
    allow_empty: bool,
    allow_damaged: bool,
    config: str | None,
    **flags: Any,
) -> int:
    from crash_rate_aggregates import job as jobs
    from crash_rate_aggregates.sources.places import open_store
    from crash_rate_aggregates.terminal.progress import shown_progress
    from crash_rate_aggregates.terminal.summaries import DayReports

    settings = load_settings(flags, config)
    days = jobs.submission_dates(first, last, today=datetime.now(UTC).date())
    dimensions = settings.chosen_dimensions(base)
    pings = _required_pings(settings)
    storage, selection = _storage(settings), _selection(settings)
    # Before a server is started: what is mistyped is told at once, and once.
    open_store(pings, storage, selection)
    with (
        closing(_engine(settings)) as engine,
        _database_url(settings) as url,
        shown_progress(_stderr) as progress,
    ):
        job = jobs.Job(
            pings=pings,
            database_url=url,
            engine=engine,
            dimensions=dimensions,
            progress=progress,
            allow_empty=allow_empty,
            allow_damaged=allow_damaged,
            storage=storage,
            selection=selection,
        )
        reports = DayReports(sys.stdout, _stderr, as_json=as_json)
        for result in jobs.backfill(job, days, stop_on_error=stop_on_error):
            reports.show(result)
    return reports.finish()


def _required_pings(settings: Settings) -> str:
    if settings.pings is None:
        raise click.UsageError(
            "say where the pings are: --pings FOLDER, CRASH_RATE_AGGREGATES_PINGS, or pings in the "
            "settings file; `crash-rate-aggregates sample-pings` makes some"
        )
    return settings.pings


def _storage(settings: Settings) -> StorageOptions:
    from crash_rate_aggregates.sources.bucket import StorageOptions

    return StorageOptions(
        endpoint=settings.storage_endpoint,
        region=settings.storage_region,
        anonymous=settings.storage_anonymous,
        retries=settings.storage_retries,
        timeout_seconds=settings.storage_timeout,
    )


def _selection(settings: Settings) -> PathSelection:
    from crash_rate_aggregates.sources.selection import PathSelection

    return PathSelection(
        settings.doc_types or (), settings.applications or (), settings.channels or ()
    )


def _engine(settings: Settings) -> Engine:
    scratch = settings.scratch or Path(gettempdir())
    if settings.engine == "spark":
        from crash_rate_aggregates.engines.spark.engine import SparkEngine
        from crash_rate_aggregates.engines.spark.settings import SparkSettings

        master, conf, archive = settings.spark_master, settings.spark_conf, settings.spark_archive
        return SparkEngine(SparkSettings(master, conf, archive, scratch))
    from crash_rate_aggregates.engines.embedded import EmbeddedEngine
    from crash_rate_aggregates.engines.grouping import GroupingLimits

    limits = GroupingLimits(settings.memory, settings.scratch_space, settings.jobs)
    return EmbeddedEngine(settings.jobs, scratch, limits)


def _server(settings: Settings) -> EmbeddedServer:
    from crash_rate_aggregates.database.server import EmbeddedServer

    return EmbeddedServer(settings.home, postgres_bin=settings.postgres_bin)


@contextmanager
def _database_url(settings: Settings) -> Iterator[str]:
    if settings.database is not None:
        yield settings.database
        return
    with _server(settings).running() as url:
        yield url


@contextmanager
def _asked_database(flags: dict[str, Any]) -> Iterator[Any]:
    """Connect for a question, with the schema in place."""
    from crash_rate_aggregates.database.connection import connect
    from crash_rate_aggregates.job import prepare_database

    settings = load_settings(flags, flags.pop("config"))
    with _database_url(settings) as url:
        prepare_database(url)
        with connect(url) as connection:
            yield connection


@cli.command()
@click.argument("statement")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@_connection_options
def sql(statement: str, *, as_csv: bool, **flags: Any) -> None:
    """Ask the table in SQL, read-only."""
    from crash_rate_aggregates.database.questions import ask
    from crash_rate_aggregates.terminal.tables import answer_table

    with _asked_database(flags) as connection:
        answer = ask(connection, statement)
    if as_csv:
        csv.writer(sys.stdout).writerows([answer.columns, *answer.rows])
    else:
        _stdout().print(answer_table(answer))


@cli.command()
@click.option(
    "--min-usage-hours",
    type=click.FloatRange(0),
    default=100,
    show_default=True,
    help="Show no rate where there are fewer.",
)
@click.option("--by", default="channel", show_default=True, help="Dimensions, comma-separated.")
@_range_options
@_connection_options
def rates(
    by: str,
    *,
    min_usage_hours: float,
    min_submission_date: date | None,
    max_submission_date: date | None,
    **flags: Any,
) -> None:
    """Show crashes per 1,000 usage hours, with the hours and 95% intervals."""
    from crash_rate_aggregates.database.questions import crash_rates
    from crash_rate_aggregates.terminal.tables import rates_tables

    with _asked_database(flags) as connection:
        names = by.split(",")
        found = crash_rates(
            connection,
            names,
            min_submission_date=min_submission_date,
            max_submission_date=max_submission_date,
            min_usage_hours=min_usage_hours,
        )
    shown = rates_tables(names, found, min_usage_hours=min_usage_hours)
    _stdout().print(*shown, sep="\n")


@cli.command()
@click.option("--submission-date", type=DATE, help="The day; default: the last one stored.")
@_connection_options
def ledger(submission_date: date | None, **flags: Any) -> None:
    """Show what became of every ping of one day."""
    from crash_rate_aggregates.database.questions import stored_ledger
    from crash_rate_aggregates.terminal.tables import ledger_tables

    with _asked_database(flags) as connection:
        stored = stored_ledger(connection, submission_date)
    _stdout().print(*ledger_tables(stored), sep="\n")


@cli.group()
def database() -> None:
    """Start, stop or find the embedded PostgreSQL server."""


def _server_command(function: Callable[[EmbeddedServer], None]) -> click.Command:
    @database.command(function.__name__.strip("_"), help=function.__doc__)
    @click.option("--home", type=Path, help="Folder of the embedded server.")
    @click.option("--config", help="TOML file with settings.")
    def command(config: str | None, **flags: Any) -> None:
        function(_server(load_settings(flags, config)))

    return command


@_server_command
def start(server: EmbeddedServer) -> None:
    """Start the server and keep it; print its URL, password included."""
    click.echo(server.start())


@_server_command
def stop(server: EmbeddedServer) -> None:
    """Stop the server."""
    click.echo("stopped" if server.stop() else "it was not running")


@_server_command
def status(server: EmbeddedServer) -> None:
    """Say whether the server runs, and where its data lies."""
    from crash_rate_aggregates.terminal.tables import status_table

    _stdout().print(status_table(server.status()))


@_server_command
def url(server: EmbeddedServer) -> None:
    """Print the running server's URL, password included."""
    click.echo(server.url())


@cli.command("sample-pings")
@click.argument("folder", type=Path)
@_range_options
@click.option(
    "--pings-per-day",
    type=click.IntRange(1),
    default=20_000,
    show_default=True,
    help="Pings of each day.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Another seed makes other pings."
)
@click.option("--jobs", type=click.IntRange(1), help="Processes; default: all cores.")
@click.option("--config", help="TOML file with settings.")
def sample_pings(
    folder: Path,
    *,
    min_submission_date: date | None,
    max_submission_date: date | None,
    pings_per_day: int,
    seed: int,
    jobs: int | None,
    config: str | None,
) -> None:
    """Write synthetic pings to try the program with; the same seed writes the same bytes."""
    from crash_rate_aggregates.job import submission_dates
    from crash_rate_aggregates.sample_pings.writer import write_sample_pings

    today = datetime.now(UTC).date()
    days = submission_dates(min_submission_date, max_submission_date, today=today)
    summary = write_sample_pings(
        folder,
        min_submission_date=days[0],
        max_submission_date=days[-1],
        pings_per_day=pings_per_day,
        seed=seed,
        jobs=load_settings({"jobs": jobs}, config).jobs,
    )
    click.echo(str(summary))


def _stdout() -> Console:
    """Return a console whose tables are not cut where no person looks on."""
    is_terminal = sys.stdout.isatty()
    return Console(file=sys.stdout, highlight=False, width=None if is_terminal else 200)


def main(
    arguments: Sequence[str] | None = None,
    *,
    dimensions: Callable[[], Sequence[Dimension]] = lambda: DIMENSIONS,
) -> int:
    """Run one command and return its exit code; every expected error ends here in one sentence.

    Args:
        arguments: What was typed; default: the process's.
        dimensions: Gives the dimensions that the settings choose from and add to.
    """
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    signal.signal(signal.SIGTERM, _raise_interrupt)
    try:
        # The entry points hold interrupts back until they can be answered here.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))
        code = cli.main(
            list(sys.argv[1:] if arguments is None else arguments),
            standalone_mode=False,
            obj=dimensions(),
        )
    except CrashRateAggregatesError as error:
        return _report(error)
    except click.UsageError as error:
        error.show()
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        return _report(InterruptedRunError("interrupted: the day stays as it was, run it again"))
    return code if isinstance(code, int) else ExitCode.DONE


def _report(error: CrashRateAggregatesError) -> int:
    _stderr.print(f"error: {error} [{error.slug}]", markup=False)
    return error.exit_code


def _raise_interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
