"""The commands for the database itself: its oldest months, its roles, its embedded server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crash_rate_aggregates.cli.consoles import say, say_table
from crash_rate_aggregates.cli.options import config_option, connection_options, together
from crash_rate_aggregates.cli.setting_options import part_options, setting_option
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.from_settings import (
    embedded_role_url,
    embedded_server,
    existing_database,
    init_chosen_database,
    start_embedded,
    upgrade_embedded,
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
            say(f"No month is wholly older than {settings.retention.keep_weeks} weeks.")
            return
        say_table(months_table(expired))
        if not yes:
            say("Nothing was dropped: add --yes to drop these months.")
            return
        for month in expired:
            months.drop_month(connection, month)
            # One by one: what is dropped stays so where the next one cannot be.
            say(f"dropped {month.partition}")


@click.group()
def database() -> None:
    """Make the roles of a database; start, stop or find the embedded PostgreSQL server."""


@database.command()
@setting_option("role_prefix")
@together(*part_options("people"))
@connection_options
def init(config: str | None, **flags: Any) -> None:
    """Make tables and roles, or set them right: owner, writer and reader.

    Passwords come from the settings owner_password, writer_password and reader_password; a role
    without one cannot log in.
    """
    roles = init_chosen_database(load_settings(flags, config))
    say(f"{roles.owner} owns the tables, {roles.writer} fills them, {roles.reader} reads")


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
    say(start_embedded(load_settings(flags, config), role))


@_server_command
def stop(server: EmbeddedServer) -> None:
    """Stop the server."""
    say("stopped" if server.stop() else "it was not running")


@database.command()
@click.option(
    "--old-bin",
    type=click.Path(path_type=Path),
    help="Folder with the old version's programs; default: they are looked for.",
)
@together(*part_options("server"), config_option)
def upgrade(old_bin: Path | None, config: str | None, **flags: Any) -> None:
    """Carry the server's data over to a newer version of PostgreSQL, by dump and restore."""
    done = upgrade_embedded(load_settings(flags, config), old_bin)
    if done is None:
        say("nothing to carry over")
        return
    say(f"carried over from PostgreSQL {done.old_version} to {done.new_version}")
    say(f"remove {str(done.old_folder)!r} when you have seen that all is there")


@_server_command
def status(server: EmbeddedServer) -> None:
    """Say whether the server runs, and where its data lies."""
    from crash_rate_aggregates.terminal.text_tables import status_table

    say_table(status_table(server.status()))


@database.command()
@_role_options
def url(role: RoleKind, config: str | None, **flags: Any) -> None:
    """Print the running server's URL for a role, password included."""
    say(embedded_role_url(load_settings(flags, config), role))
