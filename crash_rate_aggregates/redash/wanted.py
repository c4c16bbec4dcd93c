"""All objects that the files describe, as a server is to hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from crash_rate_aggregates.database.access.libpq_urls import libpq_settings
from crash_rate_aggregates.errors import BadSettingError, RedashFilesError
from crash_rate_aggregates.questions.catalog import Question
from crash_rate_aggregates.redash.charts import visualization
from crash_rate_aggregates.redash.files import Alert, Dashboard, Files, Query, Row, Widget
from crash_rate_aggregates.redash.query_text import (
    parameter_definition,
    query_text,
    used_parameters,
    value_to_run_with,
)
from crash_rate_aggregates.redash.redash_access import RedashAccess
from crash_rate_aggregates.redash.redash_objects import (
    KEY_OPTION,
    TAG,
    Kind,
    Ref,
    SecretText,
    WantedObject,
    tag_of,
)

DATA_SOURCE = "Crash-DB"
"""The name by which people know the database in Redash."""
DESTINATION = "Crash rate alerts"
"""The name of the webhook that alerts go to."""
_DATA_SOURCE = Ref(Kind.DATA_SOURCE, DATA_SOURCE)
_DESTINATION = Ref(Kind.DESTINATION, DESTINATION)
_CONNECTION = ("host", "port", "user", "password", "dbname", "sslmode")


def wanted_objects(
    files: Files, questions: Mapping[str, Question], access: RedashAccess, *, today: date
) -> list[WantedObject]:
    """Return all objects.

    Args:
        files: From `read_files`.
        questions: The shared questions by name.
        access: Says where the database and the webhook are.
        today: The day with which queries are run for the first time.

    Raises:
        RedashFilesError: The files name something that is not there.
        BadSettingError: The URL of the database cannot be read.
    """
    wanted = [_data_source(access.database)]
    used: dict[str, list[str]] = {}
    for key, query in files.queries.items():
        one, used[key] = _query(key, query, files, questions, today)
        wanted += [one, *_charts(key, query, files)]
    for key, dashboard in files.dashboards.items():
        wanted += [_dashboard(key, dashboard), *_widgets(key, dashboard, files, used)]
    if access.webhook:
        wanted.append(_destination(access.webhook))
    for key, alert in files.alerts.items():
        wanted.append(_alert(key, alert, files))
        if access.webhook:
            wanted.append(_subscription(key, alert))
    return wanted


def _data_source(url: str | None) -> WantedObject:
    fields: dict[str, Any] = {"name": DATA_SOURCE}
    if url is not None:
        fields |= {"type": "pg", "options": _connection(url), "connects": True}
    return WantedObject(Kind.DATA_SOURCE, DATA_SOURCE, DATA_SOURCE, fields)


def _connection(url: str) -> dict[str, Any]:
    given = libpq_settings(url, "the setting redash_database")
    port = given.get("port") or "5432"
    # Redash asks one server, so it takes no list of hosts either.
    if not given.get("host") or not given.get("dbname") or not port.isdecimal():
        # The text may hold the password, so it is not shown.
        raise BadSettingError(
            "the setting redash_database does not name one host and one database: write "
            "postgresql://reader:password@host:5432/database"
        )
    options: dict[str, Any] = {name: given[name] for name in _CONNECTION if given.get(name)}
    if "password" in options:
        options["password"] = SecretText(options["password"])
    return options | {"port": int(port)}


def _query(
    key: str, query: Query, files: Files, questions: Mapping[str, Question], today: date
) -> tuple[WantedObject, list[str]]:
    if query.question not in questions:
        raise RedashFilesError(
            f"the query {key!r} asks a question {query.question!r}, which is not there: choose "
            f"from {', '.join(questions)}"
        )
    question = questions[query.question]
    text = query_text(question, files.statements.get(key), files.parameters, query.values)
    used = used_parameters(text, files.parameters)
    if used and query.refresh:
        raise RedashFilesError(
            f"the query {key!r} has parameters, so Redash cannot refresh it: take out refresh"
        )
    definitions = [parameter_definition(name, files.parameters[name]) for name in used]
    fields = {
        "name": question.title,
        "description": query.description,
        "query": text,
        "data_source_id": _DATA_SOURCE,
        "options": {"parameters": definitions},
        "schedule": _schedule(query.refresh),
        "tags": [TAG, tag_of(key)],
    }
    wanted = WantedObject(
        Kind.QUERY,
        key,
        question.title,
        fields,
        # Somebody may have archived it in Redash, which takes it off all dashboards.
        published={"is_draft": False, "is_archived": False},
        # So that a dashboard shows something as soon as it is there.
        run_with={name: value_to_run_with(files.parameters[name], today=today) for name in used},
    )
    return wanted, used


def _schedule(seconds: int | None) -> dict[str, Any] | None:
    """Return Redash's schedule, which needs all four entries."""
    if seconds is None:
        return None
    return {"interval": seconds, "time": None, "day_of_week": None, "until": None}


def _charts(query_key: str, query: Query, files: Files) -> Iterator[WantedObject]:
    for name, chart in query.charts.items():
        key = f"{query_key}/{name}"
        shown = visualization(chart, files.colors)
        shown["options"] |= {KEY_OPTION: key}
        fields = {"query_id": Ref(Kind.QUERY, query_key), **shown}
        yield WantedObject(Kind.CHART, key, chart.name, fields)


def _dashboard(key: str, dashboard: Dashboard) -> WantedObject:
    fields = {
        "name": dashboard.name,
        "tags": [TAG, tag_of(key)],
        "dashboard_filters_enabled": False,
        "options": {"globalParamOrder": list(dashboard.parameters), KEY_OPTION: key},
    }
    return WantedObject(Kind.DASHBOARD, key, dashboard.name, fields, published={"is_draft": False})


def _widgets(
    dashboard_key: str, dashboard: Dashboard, files: Files, used: Mapping[str, list[str]]
) -> Iterator[WantedObject]:
    for widget, position in _placed(dashboard.rows):
        name = widget.chart or widget.key
        query_key, _, chart_key = (widget.chart or "").partition("/")
        if widget.chart and chart_key not in getattr(files.queries.get(query_key), "charts", {}):
            raise RedashFilesError(
                f"the dashboard {dashboard_key!r} shows {widget.chart!r}, which no query has"
            )
        if not name:
            raise RedashFilesError(
                f"the dashboard {dashboard_key!r} has a text without a key: give it one"
            )
        key = f"{dashboard_key}/{name}"
        options = {
            KEY_OPTION: key,
            "isHidden": False,
            "position": position,
            "parameterMappings": {
                parameter: _mapping(parameter) for parameter in used.get(query_key, ())
            },
        }
        fields = {
            "dashboard_id": Ref(Kind.DASHBOARD, dashboard_key),
            "visualization_id": Ref(Kind.CHART, widget.chart) if widget.chart else None,
            "text": widget.text.strip(),
            "width": 1,
            "options": options,
        }
        yield WantedObject(Kind.WIDGET, key, name, fields)


def _placed(rows: Iterable[Row]) -> Iterator[tuple[Widget, dict[str, Any]]]:
    """Give each widget its place: rows from the top, widgets from the left."""
    top = 0
    for row in rows:
        left = 0
        for widget in row.widgets:
            position = {"col": left, "row": top, "sizeX": widget.width, "sizeY": row.height}
            yield widget, {**position, "autoHeight": False, "minSizeX": 1, "minSizeY": 1}
            left += widget.width
        top += row.height


def _mapping(parameter: str) -> dict[str, Any]:
    """Let the parameter of a query follow that of the dashboard."""
    return {
        "name": parameter,
        "type": "dashboard-level",
        "mapTo": parameter,
        "value": None,
        "title": "",
    }


def _destination(webhook: str) -> WantedObject:
    options = {
        "url": SecretText(webhook),
        # Redash never shows the URL again: these digits of its hash tell another one from it.
        KEY_OPTION: sha256(webhook.encode()).hexdigest()[:8],
    }
    fields = {"name": DESTINATION, "type": "webhook", "options": options}
    return WantedObject(Kind.DESTINATION, DESTINATION, DESTINATION, fields)


def _alert(key: str, alert: Alert, files: Files) -> WantedObject:
    if alert.query not in files.queries:
        raise RedashFilesError(
            f"the alert {key!r} looks at the query {alert.query!r}: there is none"
        )
    options = {
        KEY_OPTION: key,
        "column": alert.column,
        "op": alert.condition,
        "value": alert.value,
        # The questions of alerts give one row.
        "selector": "first",
        "custom_subject": alert.subject,
        "custom_body": alert.body.strip(),
    }
    fields = {
        "name": alert.name,
        "query_id": Ref(Kind.QUERY, alert.query),
        "rearm": alert.remind,
        "options": options,
    }
    return WantedObject(Kind.ALERT, key, alert.name, fields)


def _subscription(key: str, alert: Alert) -> WantedObject:
    fields = {"alert_id": Ref(Kind.ALERT, key), "destination_id": _DESTINATION}
    return WantedObject(Kind.SUBSCRIPTION, key, f"{alert.name} to {DESTINATION}", fields)
