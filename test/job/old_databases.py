"""The embedded database as an older version of the program left it, or as it is at first."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.server.folder import USER
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from test.database import schema

_DUMP = Path(str(schema.__file__)).parent / "at_0012.sql.gz"
_KEPT = "as_it_was"
"""Database that the older one is copied from."""
_ROLES = tuple(f"{USER}_{kind}" for kind in ("owner", "writer", "reader"))


def keep_old_database(home: Path) -> None:
    """Restore the older version's database beside the embedded one, to be copied from there."""
    with EmbeddedServer(home).running() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_KEPT)))
        with connect(urlsplit(url)._replace(path=f"/{_KEPT}").geturl()) as connection:
            connection.execute(gzip.decompress(_DUMP.read_bytes()))


def set_back(home: Path, *, to_older: bool, roles_too: bool) -> None:
    """Make the embedded database that of the older version, or empty.

    Args:
        home: Of the server.
        to_older: Whether there is to be anything in it.
        roles_too: Whether those of the program go, as if it had never made any.
    """
    with EmbeddedServer(home).running() as url:
        other = urlsplit(url)._replace(path="/postgres").geturl()
        with psycopg.connect(other, autocommit=True) as connection:
            ours = sql.Identifier(USER)
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(ours))
            template = sql.Identifier(_KEPT if to_older else "template0")
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(ours, template))
            for role in _ROLES if roles_too else ():
                connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
