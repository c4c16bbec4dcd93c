"""The commands for Redash: parse, call one function, print."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crash_rate_aggregates.cli.consoles import STDERR, say
from crash_rate_aggregates.cli.options import config_option, together
from crash_rate_aggregates.cli.setting_options import part_options
from crash_rate_aggregates.errors import ExitCode, UsageError
from crash_rate_aggregates.redash.redash_access import RedashAccess
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.from_settings import known_applications

if TYPE_CHECKING:
    from crash_rate_aggregates.redash.redash_objects import WantedObject
    from crash_rate_aggregates.redash.rest import RedashServer


@click.group()
def redash() -> None:
    """Keep dashboards, queries and alerts in Redash as the files of this program say."""


_redash_options = together(
    *part_options("redash"),
    click.option(
        "--files",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Folder with files of your own; default: those of the program.",
    ),
    config_option,
    click.option("--json", "as_json", is_flag=True, help="Print the steps for machines."),
)


@redash.command()
@click.option("--check", is_flag=True, help="End with code 3 if there is anything to do.")
@_redash_options
def plan(*, check: bool, as_json: bool, **flags: Any) -> int:
    """Say what a push would do; changes nothing.

    The API key comes from the environment, CRASH_RATE_AGGREGATES_REDASH_API_KEY, or the settings.
    """
    from crash_rate_aggregates.redash.push import planned
    from crash_rate_aggregates.terminal.redash_steps import step_lines, steps_json, summary_line

    with _redash(**flags) as (server, wanted):
        found = planned(server, wanted)
    if as_json:
        say(steps_json(found.steps, found.notes, found.writes))
    else:
        lines = [line for step in found.steps for line in step_lines(step)]
        say(*lines, summary_line(found.steps), *found.notes)
    return ExitCode.CHECK_FAILED if check and found.steps else ExitCode.DONE


@redash.command()
@_redash_options
def push(*, as_json: bool, **flags: Any) -> int:
    """Make and change what differs; what is not ours stays.

    The API key comes from the environment, CRASH_RATE_AGGREGATES_REDASH_API_KEY, or the settings.
    """
    from crash_rate_aggregates.redash import push as pushes
    from crash_rate_aggregates.redash.plan import Step
    from crash_rate_aggregates.terminal.redash_steps import step_lines, steps_json, summary_line

    # Steps are shown as they are done; with --json stdout is for the one document at the end.
    tell = partial(STDERR.print, sep="\n") if as_json else say

    def show(step: Step) -> None:
        tell(*step_lines(step))

    with _redash(**flags) as (server, wanted):
        pushed = pushes.push(server, wanted, show)
    if as_json:
        say(steps_json(pushed.steps, pushed.notes, pushed.writes))
    else:
        summary = f"{pushed.writes} writes"
        say(summary_line(pushed.steps), *pushed.notes, summary)
    return ExitCode.DONE


@contextmanager
def _redash(
    *, config: str | None, files: Path | None, **flags: Any
) -> Iterator[tuple[RedashServer, list[WantedObject]]]:
    from crash_rate_aggregates.questions.asking import menus
    from crash_rate_aggregates.questions.catalog import questions
    from crash_rate_aggregates.redash.files import read_files, shipped_files
    from crash_rate_aggregates.redash.rest import RedashServer
    from crash_rate_aggregates.redash.wanted import wanted_objects

    settings = load_settings(flags, config)
    access = settings.redash
    url, api_key = _required(access)
    # All files are read before Redash is asked: a mistake in them changes nothing there.
    wanted = wanted_objects(
        read_files(files or shipped_files(), menus(known_applications(settings))),
        questions(),
        access,
        today=datetime.now(UTC).date(),
    )
    with RedashServer(url, api_key) as server:
        yield server, wanted


def _required(access: RedashAccess) -> tuple[str, str]:
    if access.url is None:
        raise UsageError("say where Redash is: --redash-url https://redash.example.org")
    if access.api_key is None:
        raise UsageError(
            "give the API key of an administrator of Redash in CRASH_RATE_AGGREGATES_REDASH_API_KEY"
        )
    return access.url, access.api_key
