"""A database with the tables of alarms, empty before each test."""

from __future__ import annotations

from test.database.sample_days import DatabaseTestCase


class AlarmDatabaseTestCase(DatabaseTestCase):
    """What was said, acknowledged and sent is empty, too."""

    def setUp(self) -> None:
        super().setUp()
        self.connection.execute(
            "TRUNCATE crash_assessments, crash_acknowledgements, crash_notifications "
            "RESTART IDENTITY CASCADE"
        )
