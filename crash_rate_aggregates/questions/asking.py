"""Ask a question of the catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import psycopg

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.errors import QuestionNotFoundError, UsageError
from crash_rate_aggregates.questions.catalog import Question, questions
from crash_rate_aggregates.questions.rates import Answer
from crash_rate_aggregates.submission_dates import check_order

CHANNELS = ("release", "beta", "aurora", "nightly", "esr", "other")
"""What the database's function `crash_channel` folds channels to."""
APPLICATIONS = ("Firefox", "Fennec", "Thunderbird", "other", "unknown")
"""What the database's function `crash_application` folds applications to."""
USUAL_DAYS = 28


def listed() -> Answer:
    """Return the questions there are, as an answer of its own."""
    rows: list[tuple[Any, ...]] = [(one.name, one.title) for one in questions().values()]
    return Answer(("question", "title"), rows)


def found(name: str) -> Question:
    """Return the question of that name; - and _ are alike.

    Raises:
        QuestionNotFoundError: There is none.
    """
    question = questions().get(name.replace("-", "_"))
    if question is None:
        raise QuestionNotFoundError(
            f"there is no question {name!r}: choose from {', '.join(questions())}"
        )
    return question


def usual_values(
    question: Question,
    *,
    first_date: date | None,
    last_date: date | None,
    application: str | None,
    channels: Sequence[str],
    today: date,
) -> dict[str, Any]:
    """Return a value for every parameter.

    Args:
        question: Which is asked.
        first_date: First day; None for 28 days in all.
        last_date: Last day, included; None for yesterday.
        application: As the database's function `crash_application` folds it; None for Firefox.
        channels: None at all stands for all; a question about one channel takes the first.
        today: The current date in UTC.

    Raises:
        DateRangeError: The last day lies before the first.
        UsageError: Several channels for a question about one.
    """
    if len(channels) > 1 and "channel" in question.parameters:
        raise UsageError(
            f"{question.name} is about one channel, not {len(channels)}: ask it for each"
        )
    last = last_date or today - timedelta(days=1)
    first = first_date or last - timedelta(days=USUAL_DAYS - 1)
    check_order(first, last)
    return {
        "first_date": first,
        "last_date": last,
        "application": application or APPLICATIONS[0],
        "channels": list(channels or CHANNELS),
        "channel": (channels or CHANNELS)[0],
    }


def ask_question(
    connection: psycopg.Connection, question: Question, values: Mapping[str, Any]
) -> Answer:
    """Return the answer.

    Args:
        connection: From `connect`, as a role that may read.
        question: From the catalog.
        values: Of every parameter of the question; others are not used.

    Raises:
        DatabaseError: There are no tables yet, or a statement took too long.
    """
    needed = {name: values[name] for name in question.parameters}
    with reading(connection, f"the question {question.name} was not answered") as cursor:
        cursor.execute(question.query.encode(), needed)
        names = tuple(column.name for column in cursor.description or ())
        return Answer(names, cursor.fetchall())
