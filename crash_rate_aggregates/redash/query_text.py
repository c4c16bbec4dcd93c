"""The text of a query in Redash: a shared question with Redash's parameters in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from textwrap import wrap
from typing import Any

from crash_rate_aggregates.errors import RedashFilesError
from crash_rate_aggregates.questions.catalog import Question
from crash_rate_aggregates.redash.files import Parameter

_PLACEHOLDER = re.compile(r"%(?:%|\(([a-z_]+)\)s)")
_RANGE = re.compile(r"d_last_([0-9]+)_days")
_LINE = 97
"""Characters of a line of comment."""
_NAME = "question"
"""What a statement over a question calls its answer."""


def query_text(
    question: Question,
    statement: str | None,
    parameters: Mapping[str, Parameter],
    values: Mapping[str, str],
) -> str:
    """Return the SQL of a query.

    Args:
        question: Its query has `%(name)s` placeholders.
        statement: SQL over its answer, which is named `question`; None for the answer as it is.
        parameters: Those whose placeholders may stand in it.
        values: Fixed values, which come before parameters.

    Raises:
        RedashFilesError: A placeholder that nothing stands for.
    """
    texts = {name: text for one in parameters.values() for name, text in one.placeholders.items()}
    texts |= {name: _quoted(value) for name, value in values.items()}

    # One pass over both: what stands for a parameter may itself have a percent sign in it.
    def text_of(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "%"
        if name not in texts:
            raise RedashFilesError(
                f"the question {question.name!r} asks for {name!r}, which no parameter gives: add "
                "it to the placeholders in parameters.toml or to the values of the query"
            )
        return texts[name]

    sql = question.query.strip()
    if statement is not None:
        sql = f"WITH {_NAME} AS (\n{sql}\n)\n\n{statement.strip()}"
    # As comments: Redash repeats the description of a query above each of its charts.
    said = "\n".join(f"-- {line}" for line in wrap(question.description, _LINE))
    return f"{said}\n{_PLACEHOLDER.sub(text_of, sql)}"


def used_parameters(text: str, parameters: Mapping[str, Parameter]) -> list[str]:
    """Name the parameters that stand in a query's text, in the order of the file."""
    return [
        name
        for name in parameters
        if re.search(rf"{{{{ *{re.escape(name)}[ .}}]", text) is not None
    ]


def parameter_definition(name: str, parameter: Parameter) -> dict[str, Any]:
    """Return the parameter as Redash keeps it in the options of a query."""
    definition = {
        "name": name,
        "title": parameter.title,
        "type": parameter.type,
        "value": parameter.value,
        "global": False,
        "locals": [],
    }
    if parameter.type == "enum":
        definition["enumOptions"] = "\n".join(parameter.options)
        definition["multiValuesOptions"] = (
            {"prefix": "'", "suffix": "'", "separator": ","} if parameter.is_list else None
        )
    return definition


def value_to_run_with(parameter: Parameter, *, today: date) -> Any:
    """Return the default as the server takes it, which knows no ranges like d_last_90_days."""
    if parameter.type != "date-range" or not isinstance(parameter.value, str):
        return parameter.value
    days = _RANGE.fullmatch(parameter.value)
    if days is None:
        raise RedashFilesError(
            f"the range {parameter.value!r} of a parameter is none of the form d_last_90_days"
        )
    return {"start": str(today - timedelta(days=int(days[1]))), "end": str(today)}


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
