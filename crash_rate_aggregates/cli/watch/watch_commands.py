"""The commands that show alarms, acknowledge one, and tell people of what is new."""

from __future__ import annotations

from getpass import getuser
from typing import TYPE_CHECKING, Any

import click

from crash_rate_aggregates.cli.consoles import print_answer, say
from crash_rate_aggregates.cli.csv_answers import csv_options, print_csv
from crash_rate_aggregates.cli.options import connection_options, together
from crash_rate_aggregates.cli.setting_options import part_options
from crash_rate_aggregates.errors import UsageError
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.from_settings import asked_database

if TYPE_CHECKING:
    from crash_rate_aggregates.database.embedded_roles import RoleKind
    from crash_rate_aggregates.settings.composed import Settings
    from crash_rate_aggregates.watch.notifying import DueNotification


class _WithOptions(click.Group):
    """A group whose own options take values: what stands behind one may be the rest of a secret."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or refuse it without showing it."""
        if self.get_command(ctx, args[0]) is None:
            raise click.UsageError("No such command", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=_WithOptions, invoke_without_command=True)
@click.option("--notify", "tells", is_flag=True, help="Send what is new to those of the settings.")
@click.option("--dry-run", is_flag=True, help="With --notify: print what would be sent.")
@click.option("--json", "as_json", is_flag=True, help="Print the alarms for machines.")
@csv_options
@together(*part_options("notify"))
@connection_options
@click.pass_context
def watch(
    context: click.Context,
    /,
    *,
    tells: bool,
    dry_run: bool,
    as_json: bool,
    as_csv: bool,
    config: str | None,
    **flags: Any,
) -> None:
    """Show the alarms of the newest assessed day; whatever they are, the exit code is 0.

    `check` says them with exit code 3. With --notify, what is new goes to Slack, Matrix, Teams,
    PagerDuty, e-mail or a webhook, once each; exit code 1 if one of them did not take it.
    """
    if context.invoked_subcommand is not None:
        given = [value for value in (*flags.values(), config) if value is not None]
        if given or tells or dry_run or as_json or as_csv:
            raise UsageError(f"type the options behind {context.invoked_subcommand}")
        return
    if dry_run and not tells:
        raise UsageError("--dry-run is of --notify: add that, or leave it out")
    if tells and (as_json or as_csv):
        raise UsageError("--json and --csv show alarms, and --notify sends them: leave one out")
    settings = load_settings(flags, config)
    if tells:
        _notify(settings, dry_run=dry_run)
    else:
        _show(settings, as_json=as_json, as_csv=as_csv)


@watch.command()
@click.argument("alarm_id", metavar="ID")
@click.option("--note", required=True, metavar="TEXT", help="Why, like the number of a bug.")
@click.option("--by", metavar="NAME", help="Who knows of it; default: your login name.")
@connection_options
def acknowledge(
    alarm_id: str, *, note: str, by: str | None, config: str | None, **flags: Any
) -> None:
    """Quiet the alarm ID, as `watch` shows it, until it ends or is half as bad again."""
    from crash_rate_aggregates.terminal.cells import printable
    from crash_rate_aggregates.watch.acknowledging import acknowledge_lit

    if not note.strip():
        raise UsageError('say why: --note "bug 1234567"')
    name = _login_name() if by is None else by
    settings = load_settings(flags, config)
    with asked_database(settings, "writer") as connection:
        alarm = acknowledge_lit(connection, alarm_id, name, note)
    say(printable(f"{alarm.words}: acknowledged by {name}, quiet until it ends or worsens"))


def _show(settings: Settings, *, as_json: bool, as_csv: bool) -> None:
    from crash_rate_aggregates.questions.said.alarm_evenings import alarms_answer
    from crash_rate_aggregates.questions.said.lit_alarms import lit_alarms
    from crash_rate_aggregates.terminal.alarm_lines import alarm_parts, alarms_document

    with asked_database(settings) as connection:
        evening = lit_alarms(connection)
    if as_csv:
        answer = alarms_answer(evening)
        print_csv(answer.columns, answer.rows, settings.answers)
    elif as_json:
        print_answer(alarms_document(evening))
    else:
        print_answer(*alarm_parts(evening))


def _notify(settings: Settings, *, dry_run: bool) -> None:
    from crash_rate_aggregates.questions.said.lit_alarms import lit_alarms
    from crash_rate_aggregates.terminal.notification_lines import shown_lines, told_line
    from crash_rate_aggregates.watch.destinations import read_destinations
    from crash_rate_aggregates.watch.notifying import due_notifications, notify

    destinations = read_destinations(settings.notify.destinations or {})
    if not destinations:
        raise UsageError("say whom to tell: [notify.NAME] in the settings, see docs/watch.md")

    def tell(one: DueNotification) -> None:
        say(told_line(one))

    role: RoleKind = "reader" if dry_run else "writer"
    with asked_database(settings, role) as connection:
        evening = lit_alarms(connection)
        address = settings.notify.page_address
        due = due_notifications(connection, evening, destinations, address)
        if not due:
            say(f"nothing new on {evening.submission_date}")
        elif dry_run:
            say(*(line for one in due for line in shown_lines(one)))
        else:
            notify(connection, due, tell)


def _login_name() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # No variable says it, and no user has that number.
        raise UsageError("say who you are: --by NAME") from None
