"""The embedded PostgreSQL server: made at the first use, gone with its last client.

A real server on TCP, so that psql, Redash and a notebook can use it too. It is started by us and
not by its wheel's own launcher, which needs paths without spaces, opens folders of root to all, and
leaves servers behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.server.ending import stop_server
from crash_rate_aggregates.database.server.folder import (
    USER,
    ServerFiles,
    folder_errors,
    refuse_other_versions,
    versions_in,
)
from crash_rate_aggregates.database.server.major_upgrade import Upgrade, older_files, upgrade_data
from crash_rate_aggregates.database.server.postmaster import running_server
from crash_rate_aggregates.database.server.programs import find_programs
from crash_rate_aggregates.database.server.starting import used_server
from crash_rate_aggregates.errors import EmbeddedServerError


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What is known of the embedded server."""

    is_running: bool
    kept: bool
    """Whether it outlives its clients."""
    port: int | None
    """TCP port on loopback, None if it does not run."""
    version: str
    """Major version of PostgreSQL."""
    data_folder: Path
    log_file: Path
    waiting_for_upgrade: Path | None
    """Folder of an older version whose data is not carried over yet."""


class EmbeddedServer:
    """The server whose data lies below one home."""

    def __init__(
        self, home: Path, *, postgres_bin: Path | None = None, port: int | None = None
    ) -> None:
        """Name the server; nothing is looked at yet.

        Args:
            home: Folder of its folder.
            postgres_bin: Folder with other PostgreSQL programs than the wheel's.
            port: TCP port to start it on; None for the one of its first start, which was drawn.
        """
        self._home = home
        self._postgres_bin = postgres_bin
        self._port = port

    @contextmanager
    def running(self) -> Iterator[str]:
        """Give the URL of the running server; it is made and started if need be.

        The server stops when the last user has left, unless it was started to be kept.

        Raises:
            EmbeddedServerError: It cannot be made or started.
            ServerVersionError: There is only data of another version.
        """
        programs = find_programs(self._postgres_bin)
        files = ServerFiles.in_home(self._home, programs.major)
        refuse_other_versions(files)
        with used_server(files, programs, port=self._port, prepare=_make_database) as server:
            yield files.url(server.port, USER)

    def start(self) -> str:
        """Start the server and keep it running; return its URL.

        Raises:
            EmbeddedServerError: It cannot be made or started; then it is not to be kept either.
        """
        files = self._files()
        with self.running() as url, folder_errors(files):
            # While we are a client, so that the watcher cannot end it in between.
            files.kept.touch(mode=0o600)
            return url

    def stop(self) -> bool:
        """Stop the server, whoever uses it, of whatever version; tell whether it was running.

        Raises:
            EmbeddedServerError: It still runs.
        """
        stopped = [stop_server(files) for files in versions_in(self._home).values()]
        return any(stopped)

    def status(self) -> ServerStatus:
        """Look at the server without changing or making anything.

        Raises:
            EmbeddedServerError: It is another user's.
        """
        files = self._files()
        older = older_files(files)
        with folder_errors(files):
            server = running_server(files.data)
        return ServerStatus(
            is_running=server is not None,
            kept=files.kept.exists(),
            port=None if server is None else server.port,
            version=str(files.major),
            data_folder=files.data,
            log_file=files.log,
            waiting_for_upgrade=None if older is None else older.folder,
        )

    def has_data(self) -> bool:
        """Tell whether there is a server in the home, of whatever version; makes nothing."""
        return any(self._home.glob("postgresql-*/data"))

    def url(self) -> str:
        """Return the running server's URL, password included.

        Raises:
            EmbeddedServerError: It does not run.
        """
        port = self.status().port
        if port is None:
            raise EmbeddedServerError(
                "the embedded server does not run: `crash-rate-aggregates database start` starts it"
            )
        with folder_errors(self._files()):
            return self._files().url(port, USER)

    def upgrade(self, *, old_bin: Path | None = None) -> Upgrade | None:
        """Carry the data of an older version of PostgreSQL over; None if there is none to carry.

        Args:
            old_bin: Folder with the older version's programs; None to look for them.

        Raises:
            EmbeddedServerError: It cannot be carried over; then all is as it was.
        """
        done = upgrade_data(self._home, find_programs(self._postgres_bin), old_bin)
        if done is not None and done.was_kept:
            self.start()
        return done

    def _files(self) -> ServerFiles:
        return ServerFiles.in_home(self._home, find_programs(self._postgres_bin).major)


def _make_database(files: ServerFiles, port: int) -> None:
    try:
        with psycopg.connect(files.url(port, "postgres"), autocommit=True) as connection:
            # There already if the one who made it was killed before it kept the port.
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, [USER]).fetchone() is None:
                name = sql.Identifier(USER)
                connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    except psycopg.Error as error:
        raise EmbeddedServerError(
            f"the embedded server in {str(files.folder)!r} cannot make its database: {error}; read "
            f"{str(files.log)!r} and try again"
        ) from error
