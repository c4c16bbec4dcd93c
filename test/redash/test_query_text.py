from __future__ import annotations

import unittest
from datetime import date
from typing import Any

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.errors import RedashFilesError
from crash_rate_aggregates.questions.catalog import Question, questions
from crash_rate_aggregates.redash.files import Parameter, read_files, shipped_files
from crash_rate_aggregates.redash.query_text import (
    parameter_definition,
    query_text,
    used_parameters,
    value_to_run_with,
)
from test.servers import fresh_database


def asked(query: str, statement: str | None = None, **values: str) -> str:
    """Return the text of a query with fixed values, as Redash gets it."""
    question = Question("small", "Small", "It is small.", query)
    return query_text(question, statement, {}, values)


def parameter(**entries: Any) -> Parameter:
    """Make a parameter, an enum unless told otherwise."""
    return Parameter(
        **{"title": "One", "type": "enum", "value": "x", "placeholders": {}, **entries}
    )


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

    def test_placeholders(self) -> None:
        """A parameter's text stands for its placeholder as it is; a fixed value comes before it."""
        question = Question("small", "Small", "It is small.", "SELECT %(a)s, %(b)s, '%%(a)s'")
        parameters = {"one": parameter(placeholders={"a": "'{{ one }}%s'", "b": "B"})}
        self.assertEqual(
            query_text(question, None, parameters, {"b": "it's"}),
            "-- It is small.\nSELECT '{{ one }}%s', 'it''s', '%(a)s'",
        )

    def test_unknown_placeholder(self) -> None:
        """A placeholder that nothing stands for is an error that says what to do."""
        with self.assertRaises(RedashFilesError) as raised:
            asked("SELECT %(channel)s")
        self.assertEqual(
            str(raised.exception),
            "the question 'small' asks for 'channel', which no parameter gives: add it to the "
            "placeholders in parameters.toml or to the values of the query",
        )

    def test_description(self) -> None:
        """A description is a comment, of lines of up to 97 characters and two dashes."""
        exact = Question("exact", "Exact", "a" * 48 + " " + "b" * 48 + " c", "SELECT 1")
        self.assertEqual(
            query_text(exact, None, {}, {}), f"-- {'a' * 48} {'b' * 48}\n-- c\nSELECT 1"
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


class ParameterTest(unittest.TestCase):
    def test_used(self) -> None:
        """Parameters are found by their whole names, spaced or not, in the order of the file."""
        names = ("dates", "app", "channel", "none", "a.b")
        text = "{{channel}} {{ dates.start }} {{  app }} {{ none_of }} {{ not none }} {{ axb }}"
        parameters = {name: parameter() for name in names}
        self.assertEqual(used_parameters(text, parameters), ["dates", "app", "channel"])

    def test_definition(self) -> None:
        """Redash gets options one a line, and how several are joined where they can be chosen."""
        common = {"name": "one", "title": "One", "value": "x", "global": False, "locals": []}
        options = ("x", "y")
        several = parameter(options=options, is_list=True)
        for given, definition in (
            (parameter(type="date-range"), {"type": "date-range"}),
            (
                parameter(options=options),
                {"type": "enum", "enumOptions": "x\ny", "multiValuesOptions": None},
            ),
            (
                several,
                {
                    "type": "enum",
                    "enumOptions": "x\ny",
                    "multiValuesOptions": {"prefix": "'", "suffix": "'", "separator": ","},
                },
            ),
        ):
            self.assertEqual(parameter_definition("one", given), {**common, **definition})

    def test_value_to_run_with(self) -> None:
        """A range by its name is two dates; any other default is as it is."""
        today = date(2016, 3, 1)
        fixed = {"start": "2016-01-01", "end": "2016-01-31"}
        for given, value in (
            (
                parameter(type="date-range", value="d_last_7_days"),
                {"start": "2016-02-23", "end": "2016-03-01"},
            ),
            (parameter(type="date-range", value=fixed), fixed),
            (parameter(value="d_last_7_days"), "d_last_7_days"),
            (parameter(value=["x"]), ["x"]),
        ):
            self.assertEqual(value_to_run_with(given, today=today), value)

    def test_unknown_range(self) -> None:
        """A range of another name is an error that says which there are."""
        for value in ("d_this_week", "d_last_7_days_", "xd_last_7_days"):
            with self.assertRaises(RedashFilesError) as raised:
                value_to_run_with(parameter(type="date-range", value=value), today=date(2016, 3, 1))
            self.assertEqual(
                str(raised.exception),
                f"the range '{value}' of a parameter is none of the form d_last_90_days",
            )


if __name__ == "__main__":
    unittest.main()
