"""The group of all commands, and the one place where errors become a sentence and an exit code."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from crash_rate_aggregates import __version__
from crash_rate_aggregates.cli import ask_commands, database_commands, fill_commands
from crash_rate_aggregates.cli.conclusions.explain_commands import assess, explain
from crash_rate_aggregates.cli.conclusions.verdict_commands import compare, verdict
from crash_rate_aggregates.cli.consoles import STDERR, ReaderGoneError, lost_report
from crash_rate_aggregates.cli.interrupts import answer_interrupts
from crash_rate_aggregates.cli.lasting_streams import lasting_streams
from crash_rate_aggregates.cli.rate_commands import rates
from crash_rate_aggregates.cli.redash_commands import redash
from crash_rate_aggregates.cli.sample_commands import sample_pings
from crash_rate_aggregates.cli.watch.watch_commands import watch
from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.errors import (
    CrashRateAggregatesError,
    ExitCode,
    InterruptedRunError,
)
from crash_rate_aggregates.unforeseen import traceback_wanted, unforeseen

_CLICKS_OWN = (click.ClickException, click.Abort, click.exceptions.Exit)


class _Commands(click.Group):
    """The group, from which nothing comes that is neither ours nor click's."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command.

        Raises:
            CrashRateAggregatesError: Whatever went wrong. Here and not in `main`: click would end
                the program without a word at any broken pipe, as of a worker, and call the early
                end of any file an interrupt.
        """
        try:
            return super().invoke(ctx)
        except (CrashRateAggregatesError, ReaderGoneError, *_CLICKS_OWN):
            raise
        except Exception as error:
            raise unforeseen(error) from error


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="crash-rate-aggregates")
def cli() -> None:
    """Crash rates from Telemetry pings: each day of pings into one PostgreSQL table."""


for command in (
    fill_commands.run,
    fill_commands.backfill,
    fill_commands.daily,
    fill_commands.check,
    verdict,
    compare,
    explain,
    assess,
    watch,
    ask_commands.sql,
    rates,
    ask_commands.ledger,
    ask_commands.question,
    ask_commands.history,
    database_commands.database,
    database_commands.retention,
    redash,
    sample_pings,
):
    cli.add_command(command)


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
    with lasting_streams():
        code = _run(arguments, dimensions)
        try:
            lost = lost_report()
        except ReaderGoneError:
            return code or ExitCode.ERROR
        # What the command found weighs more than that it could not be told: `check` stays 3.
        return code if lost is None else max(code, _report(lost))


def _run(arguments: Sequence[str] | None, dimensions: Callable[[], Sequence[Dimension]]) -> int:
    _log_to_stderr()
    try:
        answer_interrupts()
        code = cli.main(
            list(sys.argv[1:] if arguments is None else arguments),
            standalone_mode=False,  # Or click would print errors and leave by itself.
            obj=dimensions(),
        )
    except CrashRateAggregatesError as error:
        return _report(error)
    except ReaderGoneError:
        return ExitCode.ERROR
    except click.UsageError as error:  # What click itself refuses: no such flag or command.
        _without_arguments(error).show()
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        # True at any moment: of a day that is stored the job itself says so.
        text = "interrupted: a day that was not stored yet stays as it was, run it again"
        return _report(InterruptedRunError(text))
    except Exception as error:  # noqa: BLE001  Of the command line; a command's is ours by now.
        return _report(unforeseen(error))
    return code if isinstance(code, int) else ExitCode.DONE


class _PrintableLines(logging.Formatter):
    """One line for each message, whatever names and texts of strangers are in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        from crash_rate_aggregates.terminal.cells import printable

        return printable(super().format(record))


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_PrintableLines("%(asctime)s %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for library in ("boto3", "botocore"):  # They tell where they found credentials.
        logging.getLogger(library).setLevel(logging.WARNING)


def _without_arguments(error: click.UsageError) -> click.UsageError:
    """Take out of a message what was typed too much: the rest of a password with a space in it."""
    # What click says of it is of the base class itself; all else that it says has a class below.
    if type(error) is not click.UsageError:
        return error
    said = error.message.partition(" (")[0]
    return click.UsageError(f"{said}: quote a value that has spaces in it.", error.ctx)


def _report(error: CrashRateAggregatesError) -> int:
    from crash_rate_aggregates.terminal.cells import printable

    if (trace := traceback_wanted(error)) is not None:
        STDERR.print(trace)
    # Names of files and what a server says may hold what steers a terminal, or a second line.
    STDERR.print(f"error: {printable(str(error))} [{error.slug}]")
    return error.exit_code
