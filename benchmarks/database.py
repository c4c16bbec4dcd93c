"""Measure the database at real size: every shipped question with and without the summaries.

`make benchmark-database` fills a server of its own with 30 days of 250,000 aggregates, below a
folder that goes afterwards, and writes its section of docs/benchmarks.md. It takes 5 GB of disk.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.machine import machine_in_words
from benchmarks.made_days import made_day
from benchmarks.page import table, write_section
from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.summaries import summarize_day
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.database.schema.vacuum import vacuum_day
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.questions.asking import CHANNELS, USUAL_APPLICATION
from crash_rate_aggregates.questions.catalog import Question, questions
from crash_rate_aggregates.rows import CRASH_AGGREGATES
from crash_rate_aggregates.stats import STAT_NAMES

DAYS = 30
KEPT_DAYS = 26 * 7
LIMIT_MILLISECONDS = 300
TIMES = 12
"""Of each question; the best of them says what it costs, the others what else the machine does."""
VIEWS = [f"crash_counts_by_{name}" for name in ("channel", "build", "system", "country")]
VIEWS.append("crash_rates_by_day")
_HERE = Path(__file__).parent
_SECTION = """\
{machine}, PostgreSQL {version} as the embedded server runs it; {today}.

{days} days with {rows:,} aggregates in all. A question that takes one channel is asked for each,
and the slowest counts; each time is the best of {times}. Without summaries it is asked once, for
release. Answers with and without summaries are the same.

{table}

The slowest over 26 weeks is `{slowest}` with {slowest_time:,.0f} ms.

Replacing a day of {a_run:,.0f} aggregates takes {replace_seconds:.1f} s, {summarize_seconds:.1f} s
of them for the summaries; COPY and all else stores {per_second:,.0f} rows a second. A day takes
{a_day:.0f} MB in `crash_aggregates`, 26 weeks {kept:.1f} GB with {kept_rows:.0f} million rows; the
summaries of 26 weeks take {summaries:.0f} MB."""


@dataclass(frozen=True)
class Filling:
    """What it took to store the days."""

    rows: int
    replace_seconds: float
    """Of the last day, COPY, ledger and summaries together."""
    summarize_seconds: float
    """Of the summaries of the last day alone."""


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one question, the best of several."""

    name: str
    rows: int
    with_summaries: float
    """30 days in the table."""
    kept: float
    """26 weeks in the summaries."""
    without: float
    """30 days, from the table itself."""


@contextmanager
def server_url(folder: Path) -> Iterator[str]:
    """Give a server below the folder."""
    folder.chmod(0o755)  # The server runs as another user where root runs this.
    server = EmbeddedServer(folder)
    with server.running() as url:
        yield url


def fill(connection: psycopg.Connection, days: list[date]) -> Filling:
    """Store the days as the job does."""
    rows, seconds, run_id = 0, 0.0, 0
    for number, day in enumerate(days):
        made = made_day(day)
        ensure_partition(connection, day)
        started = perf_counter()
        stored = replace_day(connection, made)
        seconds, run_id = perf_counter() - started, stored.run_id
        rows += stored.aggregates
        say(f"{number + 1}/{len(days)} {day}: {stored.aggregates:,} rows in {seconds:.1f} s")
    with connection.transaction(force_rollback=True):
        connection.execute("DELETE FROM crash_aggregates_run_totals WHERE run_id = %s", [run_id])
        started = perf_counter()
        summarize_day(connection, days[-1], run_id)
        summarize_seconds = perf_counter() - started
    vacuum_day(connection, days[0])
    vacuum_day(connection, days[-1])
    return Filling(rows, seconds, summarize_seconds)


def repeat_days(connection: psycopg.Connection, first: date, last: date) -> None:
    """Fill the summaries, runs and ledgers of 26 weeks with what the 30 days have."""
    length = (last - first).days + 1
    stats = sql.SQL(", ").join(map(sql.Identifier, STAT_NAMES))
    runs = sql.SQL((_HERE / "repeat_days.sql").read_text("utf-8"))
    for earlier in range(length, KEPT_DAYS, length):
        span = {"earlier": earlier, "first": first, "last": last}
        connection.execute(runs.format(stats=stats), span)
        for summary in CRASH_AGGREGATES.summaries:
            connection.execute(_repeated(connection, summary), span)
    vacuum_day(connection, last)


def _repeated(connection: psycopg.Connection, summary: str) -> sql.Composed:
    """Return the statement that copies a summary's rows to earlier days, builds moved along."""
    names = [
        name
        for (name,) in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
            "AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
            [summary],
        )
    ]
    moved = {
        "submission_date": "submission_date - %(earlier)s",
        "activity_date": "activity_date - %(earlier)s",
        "build_id": "to_char(crash_build_date(build_id) - %(earlier)s, 'YYYYMMDD') || '030204'",
    }
    values = sql.SQL(", ").join(
        sql.SQL(moved[name]) if name in moved else sql.Identifier(name) for name in names
    )
    return sql.SQL(
        "INSERT INTO {} ({}) SELECT {} FROM {} WHERE submission_date BETWEEN %(first)s AND %(last)s"
    ).format(
        sql.Identifier(summary),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        values,
        sql.Identifier(summary),
    )


def leave_summaries_out(connection: psycopg.Connection) -> None:
    """Make the schema in which the same names stand for views over the table itself."""
    definitions = [
        connection.execute("SELECT pg_get_viewdef(%s::regclass)", [view]).fetchone()
        for view in VIEWS
    ]
    sums = sql.SQL(", ").join(
        sql.SQL("sum({name})::bigint AS {name}").format(name=sql.Identifier(name))
        for name in STAT_NAMES
    )
    views_over_the_table = sql.SQL((_HERE / "without_summaries.sql").read_text("utf-8"))
    connection.execute(views_over_the_table.format(sums=sums))
    connection.execute("SET search_path = without_summaries, public")
    for view, definition in zip(VIEWS, definitions, strict=True):
        assert definition is not None  # noqa: S101  Each view is there.
        connection.execute(f"CREATE VIEW without_summaries.{view} AS {definition[0]}".encode())
    connection.execute("RESET search_path")


def time_all(connection: psycopg.Connection, last: date, days: int) -> dict[str, tuple[int, float]]:
    """Return rows and milliseconds of each question over so many days."""
    first = last - timedelta(days=days - 1)
    return {name: timed(connection, one, first, last)[1:] for name, one in questions().items()}


def timed(
    connection: psycopg.Connection,
    question: Question,
    first: date,
    last: date,
    *,
    times: int = TIMES,
    channels: Sequence[str] = CHANNELS,
) -> tuple[list[Any], int, float]:
    """Ask a question several times, for every channel where it asks for one; keep the slowest one.

    Returns:
        The first answer, rows of the longest, and milliseconds of the slowest channel at its best.
    """
    slowest, first_answer, rows = 0.0, None, 0
    for channel in channels if "channel" in question.parameters else [""]:
        values = {
            "first_date": first,
            "last_date": last,
            "application": USUAL_APPLICATION,
            "channels": list(CHANNELS),
            "channel": channel,
        }
        best = math.inf
        for _ in range(times):
            started = perf_counter()
            answer = ask(connection, question, values)
            best = min(best, perf_counter() - started)
        first_answer = answer if first_answer is None else first_answer
        slowest, rows = max(slowest, 1000 * best), max(rows, len(answer))
    return first_answer or [], rows, slowest


def ask(
    connection: psycopg.Connection, question: Question, values: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Return the answer to a question."""
    needed = {name: values[name] for name in question.parameters}
    return connection.execute(question.query.encode(), needed).fetchall()


def check_same(name: str, left: list[Any], right: list[Any]) -> None:
    """Hold that both ways give the same answer, but for the last digits of floating point."""
    pairs = zip(sorted(left, key=_texts), sorted(right, key=_texts), strict=True)
    same = len(left) == len(right) and all(all(map(_alike, *pair)) for pair in pairs)
    if not same:
        raise SystemExit(f"{name} has another answer without the summaries")


def _texts(row: tuple[Any, ...]) -> list[str]:
    """Return what a row is about: where hours are equal, rounding decides which row comes first."""
    return [str(value) for value in row if not isinstance(value, float)]


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6)
    return bool(one == other)


def measure(connection: psycopg.Connection, last: date) -> tuple[Filling, list[Timing]]:
    """Fill the database and ask every question three ways."""
    first = last - timedelta(days=DAYS - 1)
    filling = fill(connection, [first + timedelta(days=number) for number in range(DAYS)])
    with_summaries, without = {}, {}
    leave_summaries_out(connection)
    for name, question in questions().items():
        answer, rows, time = timed(connection, question, first, last)
        connection.execute("SET search_path = without_summaries, public")
        other, _, time_without = timed(
            connection, question, first, last, times=1, channels=CHANNELS[:1]
        )
        connection.execute("RESET search_path")
        check_same(name, answer, other)
        with_summaries[name], without[name] = (rows, time), time_without
        say(f"{name}: {time:.0f} ms, without summaries {time_without:.0f} ms")
    connection.execute("DROP SCHEMA without_summaries CASCADE")
    repeat_days(connection, first, last)
    kept = time_all(connection, last, KEPT_DAYS)
    return filling, [
        Timing(name, kept[name][0], with_summaries[name][1], kept[name][1], without[name])
        for name in questions()
    ]


def sizes(connection: psycopg.Connection) -> tuple[float, float]:
    """Return megabytes of the table for each stored day, and of all summaries together."""
    row = connection.execute(
        "SELECT (SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits "
        "WHERE inhparent = 'crash_aggregates'::regclass)::float8 / 1e6, "
        "(SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name)"
        "::float8 / 1e6",
        [[*CRASH_AGGREGATES.summaries]],
    ).fetchone()
    assert row is not None  # noqa: S101  A row without table is no row.
    return row[0] / DAYS, row[1]


def report(connection: psycopg.Connection, filling: Filling, timings: list[Timing]) -> str:
    """Return the section of docs/benchmarks.md."""
    a_day, summaries = sizes(connection)
    version = connection.execute("SHOW server_version").fetchone()
    assert version is not None  # noqa: S101  SHOW always answers.
    rows = [
        [
            f"`{one.name}`",
            f"{one.rows:,}",
            f"{one.with_summaries:,.0f}",
            f"{one.kept:,.0f}",
            f"{one.without:,.0f}",
        ]
        for one in timings
    ]
    head = ["question", "rows", "30 days, ms", "26 weeks, ms", "30 days without summaries, ms"]
    a_run = filling.rows / DAYS
    slowest = max(timings, key=lambda one: one.kept)
    return _SECTION.format(
        machine=machine_in_words(),
        version=version[0],
        today=datetime.now(UTC).date(),
        days=DAYS,
        times=TIMES,
        rows=filling.rows,
        table=table(head, rows),
        slowest=slowest.name,
        slowest_time=slowest.kept,
        a_run=a_run,
        replace_seconds=filling.replace_seconds,
        summarize_seconds=filling.summarize_seconds,
        per_second=a_run / (filling.replace_seconds - filling.summarize_seconds),
        a_day=a_day,
        kept=a_day * KEPT_DAYS / 1000,
        kept_rows=a_run * KEPT_DAYS / 1e6,
        summaries=summaries,
    )


def say(text: str) -> None:
    """Tell how far it is."""
    sys.stderr.write(f"{text}\n")


def main() -> int:
    """Measure and write; 1 if a question takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the server's data may lie meanwhile")
    folder = parser.parse_args().folder
    last = datetime.now(UTC).date() - timedelta(days=2)
    with TemporaryDirectory(dir=folder) as home, server_url(Path(home)) as url:
        with connect(url) as connection:
            migrate(connection)
            filling, timings = measure(connection, last)
            write_section("database", report(connection, filling, timings))
        # The server has let go of the folder before it is deleted.
        EmbeddedServer(Path(home)).stop()
    slow = [one.name for one in timings if one.kept > LIMIT_MILLISECONDS]
    if slow:
        say(f"over {LIMIT_MILLISECONDS} ms: {', '.join(slow)}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
