"""Options that several commands share, and the types of their values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click

from crash_rate_aggregates.cli.setting_options import part_options

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _SubmissionDate(click.ParamType[date]):
    """YYYY-MM-DD or YYYYMMDD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        from crash_rate_aggregates.submission_dates import submission_date

        del param, ctx
        return value if isinstance(value, date) else submission_date(value)


DATE = _SubmissionDate()


def together(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """Make one decorator of several; --help lists the options in this order."""

    def add_all(command: _Command) -> _Command:
        # As decorators below each other do: the last one is applied first.
        for option in reversed(options):
            command = option(command)
        return command

    return add_all


# Not a setting itself: it says where settings are, so it cannot stand among them.
config_option = click.option("--config", metavar="FILE", help="TOML file with settings.")
connection_options = together(*part_options("database", "server"), config_option)
run_options = together(
    *part_options("day", "selection", "storage"),
    connection_options,
    *part_options("grouping", "spark", "dimensions", "judging", "releases", "people"),
    # These two have no setting: each is a decision about one day, never a habit of an installation.
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
