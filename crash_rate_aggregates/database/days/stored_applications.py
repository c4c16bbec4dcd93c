"""The applications by whose names days are folded for questions."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from crash_rate_aggregates.applications import Application
from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside

_statement = statements_beside(__name__)


def store_applications(connection: psycopg.Connection, applications: Iterable[Application]) -> None:
    """Add the applications, and set right those that are known otherwise.

    Others stay: another machine's job, with settings of its own, may have added them.

    Args:
        connection: From `connect`, outside any transaction, as a role that may fill days.
        applications: Of the job.

    Raises:
        DatabaseError: The role may not, or the server refuses.
    """
    with rejections("the applications could not be stored"), connection.transaction():
        for application in applications:
            connection.execute(
                _statement("store_application"),
                {
                    "name": application.name,
                    "identifiers": list(application.folded_identifiers),
                    "usage_ping": application.usage_ping,
                },
            )
