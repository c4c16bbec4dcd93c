"""A database with the tables of alarms, empty before each test."""

from __future__ import annotations

import unittest

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.schema.migrate import migrate
from test.servers import fresh_database


class AlarmDatabaseTestCase(unittest.TestCase):
    """Has a connection to it."""

    url: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.url = fresh_database(cls)
        with connect(cls.url) as connection:
            migrate(connection)

    def setUp(self) -> None:
        self.connection = self.enterContext(connect(self.url))
        self.connection.execute(
            "TRUNCATE crash_assessments, crash_acknowledgements, crash_notifications, "
            "crash_aggregates_runs RESTART IDENTITY CASCADE"
        )
