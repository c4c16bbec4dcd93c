"""The commands that conclude: is a release worse, than which, for whom, and since when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from crash_rate_aggregates.cli.conclusions.release_options import (
    ShareOfChange,
    asked_release,
    release_options,
)
from crash_rate_aggregates.cli.consoles import print_answer, say
from crash_rate_aggregates.errors import ExitCode, ReleaseNotFoundError, UsageError
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.from_settings import asked_database

if TYPE_CHECKING:
    from crash_rate_aggregates.assess.asked import AskedRelease
    from crash_rate_aggregates.database.assessments.assessment_rows import VerdictRow
    from crash_rate_aggregates.settings.composed import Settings


@click.command()
@click.argument("version", required=False)
@click.option("--against", help="Another version; default: the one before it.")
@click.option(
    "--change", type=ShareOfChange(), help="A smaller change counts as none.  [default: 20%]"
)
@release_options
def verdict(
    version: str | None,
    *,
    against: str | None,
    change: float | None,
    as_json: bool,
    config: str | None,
    **flags: Any,
) -> int:
    """Say whether a VERSION is worse than the one before it; without one, each channel's newest.

    Exit code 3 if one is worse, 4 if nothing can be said yet.
    """
    from crash_rate_aggregates.terminal.conclusions.verdict_lines import release_lines

    asked = {name: flags.pop(name) for name in ("application", "channel", "kind")}
    if version is None and (against is not None or change is not None):
        raise UsageError("--against and --change are about one version: name it")
    settings = load_settings(flags, config)
    if against is None and change is None:
        with asked_database(settings) as connection:
            evening, run_id, rows = _said(connection, version, asked)
    else:
        evening, rows = _computed(settings, asked_release(version or "", against, change, asked))
        run_id = None
    shown = [row for row in rows if _is_asked(row, asked)]
    decisive = [row for row in shown if row.is_decisive]
    if as_json:
        _say_json(evening, shown)
    else:
        lines = [
            line for group in _releases(decisive) for line in release_lines(group, evening, run_id)
        ]
        print_answer("\n".join(lines or ["no release is young enough to be judged"]))
    return _exit_code(decisive)


@click.command()
@click.argument("version")
@click.argument("against")
@release_options
def compare(version: str, against: str, *, as_json: bool, config: str | None, **flags: Any) -> int:
    """Show a VERSION beside another one: every kind, at equal age and on the same days."""
    from crash_rate_aggregates.terminal.conclusions.comparison_table import comparison_parts

    asked = {name: flags.pop(name) for name in ("application", "channel", "kind")}
    settings = load_settings(flags, config)
    evening, rows = _computed(settings, asked_release(version, against, None, asked))
    shown = [row for row in rows if _is_asked(row, asked)]
    if as_json:
        _say_json(evening, shown)
    else:
        print_answer(*comparison_parts(shown, evening))
    return _exit_code([row for row in shown if row.is_decisive])


def _said(
    connection: Any, version: str | None, asked: dict[str, Any]
) -> tuple[date, int, Sequence[VerdictRow]]:
    from crash_rate_aggregates.questions.said.said_verdicts import said_verdicts

    said = said_verdicts(connection, asked["application"])
    rows = said.newest() if version is None else said.of(version)
    if version is not None and not rows:
        known = ", ".join(dict.fromkeys(row.label for row in said.rows)) or "none"
        raise ReleaseNotFoundError(
            f"nothing is said of {version!r} on {said.evening.submission_date}: choose from "
            f"{known}, or compare it with another by --against"
        )
    return said.evening.submission_date, said.evening.last_run_id, rows


def _computed(settings: Settings, release: AskedRelease) -> tuple[date, Sequence[VerdictRow]]:
    from crash_rate_aggregates.assess.asked import asked_verdicts

    # Clients are counted for verdicts too, and readers may not read exact counts of few.
    with asked_database(settings, "writer") as connection:
        return asked_verdicts(connection, release)


def _say_json(evening: date, rows: Sequence[VerdictRow]) -> None:
    say(json.dumps({"evening": evening, "verdicts": [*map(asdict, rows)]}, default=str))


def _is_asked(row: VerdictRow, asked: dict[str, Any]) -> bool:
    kind = asked["kind"]
    return asked["channel"] in (None, row.channel) and (kind is None or kind.name == row.kind)


def _releases(rows: Sequence[VerdictRow]) -> Iterator[list[VerdictRow]]:
    for _, group in groupby(rows, key=lambda row: (row.channel, row.label)):
        yield list(group)


def _exit_code(decisive: Sequence[VerdictRow]) -> int:
    from crash_rate_aggregates.terminal.conclusions.verdict_lines import says_something

    if any(row.state == "worse" for row in decisive):
        return ExitCode.WORSE
    return ExitCode.DONE if says_something(decisive) else ExitCode.NOTHING_TO_SAY
