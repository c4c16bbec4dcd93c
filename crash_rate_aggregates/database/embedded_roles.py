"""The roles of the embedded server: an owner, a writer and a reader, as a server of one's own has.

Its superuser only makes them. Their passwords are drawn from that of the superuser, so that no file
holds a further one, and none of them tells another.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.prepare import init_database
from crash_rate_aggregates.database.schema.migrate import has_schema
from crash_rate_aggregates.database.schema.roles import Roles, are_right

RoleKind = Literal["owner", "writer", "reader"]


def embedded_url(server_url: str, roles: Roles, kind: RoleKind) -> str:
    """Return the URL of the embedded database for one of its roles.

    Args:
        server_url: That of its superuser, password included.
        roles: Their names.
        kind: Whose URL.
    """
    given = conninfo_to_dict(server_url)
    role = getattr(roles, kind)
    password = _password(server_url, role)
    return f"postgresql://{role}:{password}@{given['host']}:{given['port']}/{given['dbname']}"


def ensure_embedded_roles(server_url: str, roles: Roles) -> None:
    """Make tables and roles unless they are as this version of the program makes them.

    Args:
        server_url: That of the superuser.
        roles: Their names.

    Raises:
        DatabaseError: The tables are those of a newer version.
    """
    with connect(server_url) as connection:
        # An upgrade of PostgreSQL carries all over but who may enter the other databases.
        is_ready = (
            has_schema(connection)
            and are_right(connection, roles)
            and not _open_databases(connection)
        )
    if not is_ready:
        init_embedded_roles(server_url, roles)


def init_embedded_roles(server_url: str, roles: Roles, min_clients: int | None = None) -> None:
    """Make tables and roles, or set them right, with the passwords that `embedded_url` knows.

    Raises:
        DatabaseError: The tables are those of a newer version.
    """
    passwords = {
        kind: _password(server_url, role)
        for kind, role in (
            ("owner", roles.owner),
            ("writer", roles.writer),
            ("reader", roles.reader),
        )
    }
    init_database(server_url, roles, passwords, min_clients=min_clients)
    with connect(server_url) as connection, rejections("other databases could not be closed"):
        _close_other_databases(connection)


def _password(server_url: str, role: str) -> str:
    key = str(conninfo_to_dict(server_url)["password"]).encode()
    return hmac.new(key, role.encode(), hashlib.sha256).hexdigest()


def _close_other_databases(connection: psycopg.Connection) -> None:
    """Keep the roles out of the databases that each server has: rights there are everybody's."""
    for name in _open_databases(connection):
        connection.execute(
            sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
        )


def _open_databases(connection: psycopg.Connection) -> list[str]:
    """Name the databases besides ours that everybody may enter."""
    rows = connection.execute(
        "SELECT datname FROM pg_database WHERE datname <> current_database() AND datallowconn "
        "AND has_database_privilege('public', oid, 'CONNECT')"
    )
    return [name for (name,) in rows]
