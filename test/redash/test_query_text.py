from __future__ import annotations

import unittest

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.questions.catalog import Question, questions
from crash_rate_aggregates.redash.files import read_files, shipped_files
from crash_rate_aggregates.redash.query_text import query_text
from test.servers import fresh_database


def asked(query: str, statement: str | None = None, **values: str) -> str:
    """Return the text of a query with fixed values, as Redash gets it."""
    question = Question("small", "Small", "It is small.", query)
    return query_text(question, statement, {}, values)


class QueryTextTest(unittest.TestCase):
    def test_fixed_values(self) -> None:
        """A fixed value is the same text to PostgreSQL, whatever quotes it has in it."""
        with connect(fresh_database(self)) as connection:
            for value in ("nightly", "it's", "''", "' OR true --", '"', "\\'", ""):
                text = asked("SELECT %(channel)s::text AS channel", channel=value)
                self.assertEqual(connection.execute(text.encode()).fetchall(), [(value,)])

    def test_percent_signs(self) -> None:
        """A doubled percent sign is one in Redash, which binds nothing."""
        self.assertEqual(asked("SELECT 7 %% 4"), "-- It is small.\nSELECT 7 % 4")

    def test_statement(self) -> None:
        """A statement asks the answer to the question by its name."""
        self.assertEqual(
            asked("SELECT 1 AS one\n", "SELECT one FROM question\n"),
            "-- It is small.\nWITH question AS (\nSELECT 1 AS one\n)\n\nSELECT one FROM question",
        )

    def test_no_slots(self) -> None:
        """What Redash gets of each question has its slots filled."""
        files = read_files(shipped_files())
        for key, query in files.queries.items():
            text = query_text(
                questions()[query.question],
                files.statements.get(key),
                files.parameters,
                query.values,
            )
            self.assertNotRegex(text.replace("{{", "").replace("}}", ""), "[{}]", key)


if __name__ == "__main__":
    unittest.main()
