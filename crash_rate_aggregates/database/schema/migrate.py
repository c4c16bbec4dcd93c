"""Make the tables, and bring older ones up to date, by numbered files applied in order."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources

import psycopg

from crash_rate_aggregates.database.access.lock_retries import changing_schema, lock_retries
from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.errors import DatabaseError

_statement = statements_beside(__name__)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; a file that a release has carried is never changed again."""

    number: int
    """From 1, without gaps."""
    name: str
    """Name of the file without `.sql`, like `0001_aggregates`."""
    script: bytes
    """Any number of statements, without BEGIN and COMMIT."""

    @property
    def sha256(self) -> str:
        """Digest of the script, in hexadecimal digits."""
        return hashlib.sha256(self.script).hexdigest()


def read_migrations() -> tuple[Migration, ...]:
    """Return the steps of this version of the program, in order."""
    folder = resources.files(__package__) / "migrations"
    files = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    return tuple(
        Migration(
            int(name.partition("_")[0]), name.removesuffix(".sql"), (folder / name).read_bytes()
        )
        for name in files
    )


def migrate(
    connection: psycopg.Connection, migrations: tuple[Migration, ...] | None = None
) -> list[str]:
    """Apply the steps that the database does not have yet, each in a transaction of its own.

    Safe when several processes do it at once: they wait for each other. A step that has to wait for
    a reader gives way to those behind it, and is tried again.

    Args:
        connection: From `connect`.
        migrations: Those of this version of the program unless given.

    Returns:
        The names of the steps applied now, empty if the database was up to date.

    Raises:
        LockTimeoutError: A reader kept its lock.
        DatabaseError: The database was made by a newer or another program, or it refuses.
    """
    steps = read_migrations() if migrations is None else migrations
    with rejections("the tables could not be made"):
        return [
            step.name
            for step in _missing(connection, steps)
            if lock_retries()(_apply, connection, step)
        ]


def _missing(connection: psycopg.Connection, steps: tuple[Migration, ...]) -> tuple[Migration, ...]:
    """Return the steps not yet recorded; needs no right to change anything."""
    applied = _read_applied(connection)
    known = {step.number: step for step in steps}
    for number, (name, sha256) in applied.items():
        if number not in known:
            raise DatabaseError(
                f"the database has migration {name}, which this version of the program does not "
                "know: install the version that made it or a later one"
            )
        if known[number].sha256 != sha256:
            raise DatabaseError(
                f"the database was made by another {name} than this program's: "
                "use the version that made it, or an empty database"
            )
    return tuple(step for step in steps if step.number not in applied)


def _read_applied(connection: psycopg.Connection) -> dict[int, tuple[str, str]]:
    row = connection.execute(_statement("has_migrations")).fetchone()
    if row is None or not row[0]:
        return {}
    rows = connection.execute(
        "SELECT number, name, sha256 FROM crash_aggregates_migrations ORDER BY number"
    ).fetchall()
    return {number: (name, sha256) for number, name, sha256 in rows}


def _apply(connection: psycopg.Connection, step: Migration) -> bool:
    """Apply the step unless another process was faster."""
    with changing_schema(connection):
        row = connection.execute(_statement("has_migrations")).fetchone()
        if row is None or not row[0]:
            connection.execute(_statement("create_migrations"))
        if step.number in _read_applied(connection):
            return False
        connection.execute(step.script)
        connection.execute(
            "INSERT INTO crash_aggregates_migrations (number, name, sha256) "
            "VALUES (%(number)s, %(name)s, %(sha256)s)",
            {"number": step.number, "name": step.name, "sha256": step.sha256},
        )
    return True
