"""A model of a Redash server for the tests of the plan: objects, and what steps do to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from crash_rate_aggregates.redash.plan import Action, Step
from crash_rate_aggregates.redash.redash_objects import FoundObject, Kind, Ref, WantedObject

SOURCE = WantedObject(
    Kind.DATA_SOURCE,
    "Crash-DB",
    "Crash-DB",
    {"name": "Crash-DB", "type": "pg", "options": {"host": "db", "password": "secret"}},
)


def query(key: str = "rates", **fields: Any) -> WantedObject:
    """Want a query that is run and published."""
    return WantedObject(
        Kind.QUERY,
        key,
        f"Query {key}",
        {
            "name": f"Query {key}",
            "query": "SELECT 1",
            "data_source_id": Ref(Kind.DATA_SOURCE, "Crash-DB"),
            "options": {"parameters": []},
            "tags": ["ours", f"ours:{key}"],
            **fields,
        },
        published={"is_draft": False, "is_archived": False},
        run_with={},
    )


def chart(key: str = "rates/line", **options: Any) -> WantedObject:
    """Want a chart of a query."""
    fields = {
        "query_id": Ref(Kind.QUERY, key.partition("/")[0]),
        "type": "CHART",
        "name": f"Chart {key}",
        "options": {"key": key, **options},
    }
    return WantedObject(Kind.CHART, key, f"Chart {key}", fields)


def dashboard(key: str = "board", name: str = "Board") -> WantedObject:
    """Want a published dashboard."""
    fields = {"name": name, "tags": ["ours", f"ours:{key}"], "options": {"key": key}}
    return WantedObject(Kind.DASHBOARD, key, name, fields, published={"is_draft": False})


def widget(key: str = "board/rates", shown: str | None = "rates/line") -> WantedObject:
    """Want a widget of a dashboard, with a chart or a text."""
    fields = {
        "dashboard_id": Ref(Kind.DASHBOARD, key.partition("/")[0]),
        "visualization_id": Ref(Kind.CHART, shown) if shown else None,
        "text": "" if shown else "Read me.",
        "options": {"key": key, "position": {"col": 0, "row": 0}},
    }
    return WantedObject(Kind.WIDGET, key, key, fields)


def alert(key: str = "jump") -> WantedObject:
    """Want an alert on the query."""
    fields = {"name": f"Alert {key}", "query_id": Ref(Kind.QUERY, "rates"), "rearm": 60}
    return WantedObject(Kind.ALERT, key, f"Alert {key}", fields)


ALL = (SOURCE, query(), chart(), dashboard(), widget(), widget("board/text", None), alert())
"""One of each kind but for the webhook's."""


def after(found: Iterable[FoundObject], steps: Iterable[Step]) -> list[FoundObject]:
    """Return the objects after the steps; fails where a step cannot be done on them."""
    server = list(found)
    for step in steps:
        ids = {(one.kind, one.key): one.id for one in sorted(server, key=lambda one: -one.id)
               if not one.is_copy}  # fmt: skip
        fields = _resolved(step.fields, ids)
        if step.action is Action.MAKE:
            fields |= {"is_draft": True} if step.kind in {Kind.QUERY, Kind.DASHBOARD} else {}
            number = max((one.id for one in server), default=0) + 1
            made = FoundObject(step.kind, step.key, number, step.name, fields, has_result=False)
            server.append(made)
            continue
        number = ids[step.kind, step.key] if step.id is None else step.id
        place = next(
            at for at, one in enumerate(server) if (one.kind, one.id) == (step.kind, number)
        )
        if step.action is Action.DELETE:
            del server[place]
        elif step.action is Action.RUN:
            server[place] = replace(server[place], has_result=True)
        else:
            changed = {**server[place].fields, **fields}
            server[place] = replace(server[place], fields=changed)
    return server


def _resolved(fields: Mapping[str, Any], ids: Mapping[tuple[Kind, str], int]) -> dict[str, Any]:
    return {
        name: ids[value.kind, value.key] if isinstance(value, Ref) else value
        for name, value in fields.items()
    }
