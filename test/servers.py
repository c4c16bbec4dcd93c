"""One real PostgreSQL server for all tests of a process, and a fresh database for each."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import sys
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from unittest import TestCase
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.server.launcher import EmbeddedServer

GIVEN_SERVER = "CRASH_RATE_AGGREGATES_TEST_DATABASE"
"""Environment variable with the URL of another server to test against; its role makes databases."""


@cache
def shared_server_url() -> str:
    """Return the URL of the server of this process; it stops at exit."""
    url = os.environ.get(GIVEN_SERVER) or _started_server_url()
    with psycopg.connect(url) as connection:
        version = connection.info.server_version
        print(f"PostgreSQL {version}", file=sys.stderr)  # noqa: T201  Reports say which one.
    return url


def _started_server_url() -> str:
    home = Path(mkdtemp(prefix="crash-rate-aggregates-test-"))
    # Where root runs the tests, the server's user must be able to enter.
    home.chmod(0o755)
    stack = ExitStack()
    stack.callback(shutil.rmtree, home, ignore_errors=True)
    server = EmbeddedServer(home)
    stack.callback(server.stop)
    atexit.register(stack.close)
    return stack.enter_context(server.running())


def fresh_database(test_case: TestCase | type[TestCase]) -> str:
    """Return the URL of an empty database that goes with the test, or with the class."""
    url = urlsplit(shared_server_url())
    name = f"test_{secrets.token_hex(6)}"
    _execute("CREATE DATABASE {}", name)
    if isinstance(test_case, TestCase):
        test_case.addCleanup(_execute, "DROP DATABASE {} WITH (FORCE)", name)
    else:
        test_case.addClassCleanup(_execute, "DROP DATABASE {} WITH (FORCE)", name)
    return urlunsplit(url._replace(path=f"/{name}"))


def _execute(statement: str, name: str) -> None:
    with psycopg.connect(shared_server_url(), autocommit=True) as connection:
        # The constants above; the name is an identifier.
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
