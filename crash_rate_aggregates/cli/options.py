"""Options that several commands share, and the types of their values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from crash_rate_aggregates.cli.consoles import STDERR

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _SubmissionDate(click.ParamType[date]):
    """YYYY-MM-DD or YYYYMMDD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        from crash_rate_aggregates.submission_dates import submission_date

        del param, ctx
        return value if isinstance(value, date) else submission_date(value)


DATE = _SubmissionDate()


def named_values(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> dict[str, str] | None:
    """Read KEY=VALUE, each; None if none was typed."""
    for value in values:
        if not value.partition("=")[0].strip() or "=" not in value:
            raise click.BadParameter(f"{value!r} is not KEY=VALUE", ctx, param)
    pairs = (value.partition("=") for value in values)
    return {key.strip(): value for key, _, value in pairs} or None


def together(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """Make one decorator of several; --help lists the options in this order."""

    def add_all(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add_all


def _warn_of_argument(
    _context: click.Context, option: click.Parameter, value: str | None
) -> str | None:
    """Take a password, and say where it would be better: `ps` shows the arguments of all."""
    if value is not None:
        STDERR.print(
            f"warning: {option.opts[0]} is seen by all who can list processes: use "
            "--database-credentials, CRASH_RATE_AGGREGATES_PG_PASSWORD or ~/.pgpass"
        )
    return value


def _path_option(flag: str, setting: str) -> Callable[[_Command], _Command]:
    """Make an option that may stand more than once; absent, it leaves the setting alone."""
    return click.option(
        flag,
        setting,
        multiple=True,
        callback=lambda _context, _option, values: values or None,
        help="Read only this, by paths of 2016; repeatable.",
    )


connection_options = together(
    click.option("--database", help="libpq URL; default: the embedded server."),
    click.option("--database-credentials", help="s3://bucket/key or secretsmanager://name."),
    click.option("--pg-host", help="Host of the PostgreSQL server."),
    click.option("--pg-name", help="Name of the database."),
    click.option("--pg-username", help="Name of the role."),
    click.option("--pg-password", callback=_warn_of_argument, help="Seen by all: do not use it."),
    click.option("--home", type=Path, help="Folder of the embedded server."),
    click.option("--config", help="TOML file with settings."),
)
run_options = together(
    click.option(
        "--pings", help="Folder or s3://, gs://, az:// URL of submission_date=… folders, or %Y%m%d."
    ),
    _path_option("--doc-type", "doc_types"),
    _path_option("--application", "applications"),
    _path_option("--channel", "channels"),
    click.option("--storage-endpoint", help="URL of an S3-compatible or other server."),
    click.option("--storage-region", help="Region of an S3 bucket."),
    click.option("--storage-anonymous", is_flag=True, default=None, help="Read a public bucket."),
    connection_options,
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
        callback=named_values,
        help="A setting of Spark; can be repeated.",
    ),
    click.option("--spark-archive", help="Packed Python environment for Spark's executors."),
    click.option(
        "--allow-empty", is_flag=True, help="Replace a day of which no ping counts by nothing."
    ),
    click.option("--allow-damaged", is_flag=True, help="Count what a damaged file still holds."),
    click.option("--json", "as_json", is_flag=True, help="Print the summary for machines."),
)
range_options = together(
    click.option("--min-submission-date", type=DATE, help="First day."),
    click.option("--max-submission-date", type=DATE, help="Last day, included."),
)
