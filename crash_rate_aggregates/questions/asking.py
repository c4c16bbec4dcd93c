"""Ask a question of the catalog: the values that its parameters get, and the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import psycopg

from crash_rate_aggregates.applications import KNOWN_APPLICATIONS, Application
from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.errors import UsageError
from crash_rate_aggregates.questions.catalog import Question
from crash_rate_aggregates.questions.statement import Answer, answered
from crash_rate_aggregates.submission_dates import check_order

CHANNELS = ("release", "beta", "aurora", "nightly", "esr", "other")
"""What the database's function `crash_channel` folds channels to."""
USUAL_APPLICATION = KNOWN_APPLICATIONS[0].name
_FOLDED_APPLICATIONS = ("other", "unknown")
"""What summaries call applications without a name of their own."""


def menus(applications: Iterable[Application] = KNOWN_APPLICATIONS) -> Mapping[str, Sequence[str]]:
    """Return what people choose from, by the name of the menu."""
    names = (application.name for application in applications)
    return {"applications": (*names, *_FOLDED_APPLICATIONS), "channels": CHANNELS}


USUAL_DAYS = 28


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
        application: As people call it; None for Firefox.
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
    # Of today itself no ping is stored yet.
    last = last_date or today - timedelta(days=1)
    first = first_date or last - timedelta(days=USUAL_DAYS - 1)
    check_order(first, last)
    return {
        "first_date": first,
        "last_date": last,
        "application": application or USUAL_APPLICATION,
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
    # A parameter that was forgotten is named here, before the database is asked.
    needed = {name: values[name] for name in question.parameters}
    with reading(connection, f"the question {question.name} was not answered") as cursor:
        return answered(cursor, question.query, needed)
