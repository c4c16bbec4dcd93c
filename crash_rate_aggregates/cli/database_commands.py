"""The commands for the database itself: its oldest months, its roles, its embedded server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from crash_rate_aggregates.cli.consoles import print_answer
from crash_rate_aggregates.cli.options import config_option, connection_options, together
from crash_rate_aggregates.cli.setting_options import part_options, setting_option
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.from_settings import (
    embedded_role_url,
    embedded_server,
    existing_database,
    init_chosen_database,
    start_embedded,
)

if TYPE_CHECKING:
    from crash_rate_aggregates.database.embedded_roles import RoleKind
    from crash_rate_aggregates.database.server.launcher import EmbeddedServer


@click.command()
@setting_option("keep_weeks")
@click.option("--yes", is_flag=True, help="Drop them; without it they are only listed.")
@connection_options
def retention(*, yes: bool, config: str | None, **flags: Any) -> None:
    """Drop the months of which no day is to be kept, with all that was recorded about them."""
    from crash_rate_aggregates.database.access.connection import connect
    from crash_rate_aggregates.database.schema import retention as months
    from crash_rate_aggregates.terminal.text_tables import months_table

    settings = load_settings(flags, config)
    with existing_database(settings, "owner") as url, connect(url) as connection:
        expired = months.expired_months(
            months.stored_months(connection),
            keep_weeks=settings.retention.keep_weeks,
            today=datetime.now(UTC).date(),
        )
        if not expired:
            click.echo(f"No month is wholly older than {settings.retention.keep_weeks} weeks.")
            return
        print_answer(months_table(expired))
        if not yes:
            click.echo("Nothing was dropped: add --yes to drop these months.")
            return
        for month in expired:
            months.drop_month(connection, month)
            click.echo(f"dropped {month.partition}")


@click.group()
def database() -> None:
    """Make the roles of a database; start, stop or find the embedded PostgreSQL server."""


@database.command()
@setting_option("role_prefix")
@connection_options
def init(config: str | None, **flags: Any) -> None:
    """Make tables and roles, or set them right: owner, writer and reader.

    Passwords come from the settings owner_password, writer_password and reader_password; a role
    without one cannot log in.
    """
    roles = init_chosen_database(load_settings(flags, config))
    click.echo(f"{roles.owner} owns the tables, {roles.writer} fills them, {roles.reader} reads")


# Each asks the server of one home, which is not the database that --database may name.
def _server_command(function: Callable[[EmbeddedServer], None]) -> click.Command:
    @database.command(function.__name__.strip("_"), help=function.__doc__)
    @together(*part_options("server"), config_option)
    def command(config: str | None, **flags: Any) -> None:
        function(embedded_server(load_settings(flags, config)))

    return command


_role_options = together(
    *part_options("server"),
    setting_option("role_prefix"),
    click.option(
        "--role",
        type=click.Choice(["owner", "writer", "reader"]),
        default="reader",
        show_default=True,
        help="Whose URL; the reader's is for people, notebooks and Redash.",
    ),
    config_option,
)


@database.command()
@_role_options
def start(role: RoleKind, config: str | None, **flags: Any) -> None:
    """Start the server and keep it; print a role's URL, password included."""
    click.echo(start_embedded(load_settings(flags, config), role))


@_server_command
def stop(server: EmbeddedServer) -> None:
    """Stop the server."""
    click.echo("stopped" if server.stop() else "it was not running")


@_server_command
def status(server: EmbeddedServer) -> None:
    """Say whether the server runs, and where its data lies."""
    from crash_rate_aggregates.terminal.text_tables import status_table

    print_answer(status_table(server.status()))


@database.command()
@_role_options
def url(role: RoleKind, config: str | None, **flags: Any) -> None:
    """Print the running server's URL for a role, password included."""
    click.echo(embedded_role_url(load_settings(flags, config), role))
