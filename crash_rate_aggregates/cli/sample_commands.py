"""The command that makes pings to try the program with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crash_rate_aggregates.cli.consoles import say
from crash_rate_aggregates.cli.options import DATE, config_option, range_options
from crash_rate_aggregates.cli.setting_options import setting_option
from crash_rate_aggregates.errors import UsageError
from crash_rate_aggregates.settings.config import load_settings

if TYPE_CHECKING:
    from crash_rate_aggregates.sample_pings.sample_files import World


@click.command("sample-pings")
@click.argument("folder", type=Path)
@range_options
@click.option(
    "--world",
    type=click.Choice(["2016", "2026"]),
    default="2026",
    show_default=True,
    help="Whose pings. 2016: v4 main and crash pings of Firefox. 2026: v4 main pings and Glean "
    "crash pings of Firefox and Thunderbird, baseline and crash pings of Firefox for Android.",
)
@click.option(
    "--pings-per-day",
    type=click.IntRange(1),
    default=20_000,
    show_default=True,
    help="Pings of each day. World 2026: usage pings of an average one; crash pings and the like "
    "come on top.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Another seed makes other pings."
)
@click.option(
    "--worse",
    metavar="VERSION=FACTOR",
    multiple=True,
    help="World 2026: multiply main and content crashes of a version, like 156.0b3=2, by a factor "
    "from 0 to 1000. All other pings stay as they are. Can be repeated.",
)
@click.option(
    "--regressions/--no-regressions",
    default=True,
    show_default=True,
    help="World 2026: every second beta runs out of memory, an experiment's branch crashes more, "
    "and from 2026-11-16 on one machine crashes 500 times a day.",
)
@click.option(
    "--bad-release",
    type=DATE,
    help="World 2026: on this day, to which the calendar is moved, a release comes out whose main "
    "process crashes twice as often as that of others, on macOS alone. So that few pings tell it, "
    "release has 84% of the usage, and main and content processes crash 25 times as often as they "
    "really do. With --no-regressions it is no worse than others.",
)
@setting_option("jobs")
@config_option
def sample_pings(
    folder: Path,
    *,
    min_submission_date: date | None,
    max_submission_date: date | None,
    world: str,
    pings_per_day: int,
    seed: int,
    worse: Sequence[str],
    regressions: bool,
    bad_release: date | None,
    jobs: str | None,
    config: str | None,
) -> None:
    """Write synthetic pings to try the program with; the same seed writes the same bytes."""
    from crash_rate_aggregates.sample_pings.writer import write_sample_pings
    from crash_rate_aggregates.submission_dates import submission_dates

    today = datetime.now(UTC).date()
    days = submission_dates(min_submission_date, max_submission_date, today=today)
    if world == "2016" and (worse or bad_release or not regressions):
        raise UsageError("--worse, --bad-release and --no-regressions need --world 2026")
    if bad_release and bad_release > days[-1]:
        raise UsageError(f"--bad-release {bad_release} is after the last day, {days[-1]}")
    made = _world(
        *(world, days, pings_per_day, seed, worse), regressions=regressions, bad_release=bad_release
    )
    summary = write_sample_pings(
        folder,
        min_submission_date=days[0],
        max_submission_date=days[-1],
        world=made,
        # The setting of the engine: what a machine's file allows it, it allows this too.
        jobs=load_settings({"jobs": jobs}, config).day.jobs,
    )
    say(str(summary))


def _world(
    world: str,
    days: Sequence[date],
    pings_per_day: int,
    seed: int,
    worse: Sequence[str],
    *,
    regressions: bool,
    bad_release: date | None,
) -> World:
    from crash_rate_aggregates.sample_pings.world_2016.world_of_2016 import World2016
    from crash_rate_aggregates.sample_pings.world_2026.release_calendar import days_to_release
    from crash_rate_aggregates.sample_pings.world_2026.world_of_2026 import World2026
    from crash_rate_aggregates.sample_pings.world_2026.worse_versions import worse_versions

    if world == "2016":
        return World2016(pings_per_day, seed)
    factors = worse_versions(worse, days, days_to_release(bad_release) if bad_release else None)
    return World2026(
        pings_per_day, seed, has_regressions=regressions, worse=factors, bad_release=bad_release
    )
