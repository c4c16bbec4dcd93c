"""What this version of the program wants in a database: tables, functions, views, stats."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from crash_rate_aggregates.database.schema.definitions import filled
from crash_rate_aggregates.database.schema.stat_columns import comment_of
from crash_rate_aggregates.sql_text import sql_text
from crash_rate_aggregates.stats import STATS, Stat

NUMBER_FILE = "schema_number.txt"
"""Beside this module: the schema's number and the digest of the schema that it stands for."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the tables; a file that has landed is never changed again."""

    number: int
    """From 1, without gaps."""
    name: str
    """Name of the file without `.sql`, like `0001_tables`."""
    script: bytes
    """Any number of statements, without BEGIN and COMMIT, and without functions and views."""

    @property
    def sha256(self) -> str:
        """Digest of the script, in hexadecimal digits."""
        return hashlib.sha256(self.script).hexdigest()


@dataclass(frozen=True, slots=True)
class Schema:
    """All that one version of the program wants."""

    number: int
    """Rises with every change of the rest, so that an older program knows a newer database. `make
    docs` raises it."""
    migrations: tuple[Migration, ...]
    """In order."""
    functions: str
    """Definitions, with slots as `definitions.filled` and `define` know them."""
    views: str
    """Likewise; they may call the functions."""
    stats: tuple[Stat, ...]

    @property
    def definitions(self) -> tuple[str, str]:
        """Functions and views with the stats filled in."""
        return filled(self.functions, self.stats), filled(self.views, self.stats)

    @property
    def sha256(self) -> str:
        """Digest of everything but the number, in hexadecimal digits."""
        # With the stats filled in, as a view that does not name them is the same whatever they are.
        parts = (
            *(step.sha256 for step in self.migrations),
            *self.definitions,
            *(f"{stat.name}: {comment_of(stat)}" for stat in self.stats),
        )
        # Joined by what no part can hold: no two schemas have one text.
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def program_schema() -> Schema:
    """Return what this version of the program wants."""
    package = __package__ or ""
    number, _ = (resources.files(package) / NUMBER_FILE).read_text(encoding="ascii").split()
    return Schema(
        int(number),
        read_migrations(),
        sql_text(package, "functions"),
        sql_text(package, "views"),
        STATS,
    )


def number_text(schema: Schema, recorded: str) -> str:
    """Return what `NUMBER_FILE` should hold: a higher number where its digest is another.

    Args:
        schema: As its files are now.
        recorded: What `NUMBER_FILE` holds.
    """
    number, sha256 = recorded.split()
    return recorded if sha256 == schema.sha256 else f"{int(number) + 1} {schema.sha256}\n"


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
