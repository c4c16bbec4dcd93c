"""What a server holds of ours. Reads only, and only what carries our tags, keys or names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crash_rate_aggregates.redash.redash_objects import (
    KEY_OPTION,
    TAG,
    FoundObject,
    Kind,
    WantedObject,
)
from crash_rate_aggregates.redash.rest import RedashServer


def found_objects(server: RedashServer, wanted: Iterable[WantedObject]) -> list[FoundObject]:
    """Return all that is ours, and copies of it.

    Args:
        server: With the key of an administrator.
        wanted: Gives the names of what Redash offers no tags for.

    Raises:
        RedashError: The server cannot be read.
    """
    names = _names(wanted)
    # First: a key that may not do all this is told before anything is read.
    user = server.session()["user"]["id"]
    # Held, as data sources are told by the queries that ask them, and subscriptions by alerts.
    queries = list(_queries(server))
    alerts = list(_alerts(server))
    return [
        *_data_sources(server, names, queries),
        *queries,
        *_charts(queries),
        *_dashboards(server, names, user),
        *_destinations(server, names),
        *alerts,
        *_subscriptions(server, names, alerts),
    ]


_Names = Mapping[Kind, Mapping[str, str]]


def _names(wanted: Iterable[WantedObject]) -> _Names:
    """Give the key to each name, by kind."""
    names: dict[Kind, dict[str, str]] = {kind: {} for kind in Kind}
    for one in wanted:
        names[one.kind][one.name] = one.key
    return names


def _data_sources(
    server: RedashServer, names: _Names, queries: Iterable[FoundObject]
) -> Iterator[FoundObject]:
    """Yield ours: the one of that name, else the one that our queries ask, whatever its name."""
    used = {query.fields["data_source_id"] for query in queries}
    listed = sorted(server.get("data_sources"), key=lambda one: int(one["id"]))
    for name, key in names[Kind.DATA_SOURCE].items():
        named = [one for one in listed if one["name"] == name]
        renamed = [one for one in listed if one["id"] in used]
        for one in (named or renamed)[:1]:
            # The list has no options, and whether the password is still right only Redash can try.
            fields = server.get(f"data_sources/{one['id']}")
            test = server.post(f"data_sources/{one['id']}/test", {})
            fields["connects"] = test.get("ok", False)
            yield FoundObject(Kind.DATA_SOURCE, key, one["id"], one["name"], fields)


def _queries(server: RedashServer) -> Iterator[FoundObject]:
    # An archived query keeps its tags: it comes back, instead of a second one.
    listed = {
        int(one["id"]): one
        for path in ("queries", "queries/archive")
        for one in server.pages(path, tags=TAG)
    }
    known: set[str] = set()
    for number, one in sorted(listed.items()):
        key = _tagged_key(one)
        if key is None:
            continue
        # A copy that somebody made in Redash took our tags along, and its number is higher.
        if key in known:
            yield FoundObject(Kind.QUERY, key, number, one["name"], one, is_copy=True)
            continue
        known.add(key)
        fields = server.get(f"queries/{number}")
        has_result = _has_result(server, fields)
        yield FoundObject(Kind.QUERY, key, number, one["name"], fields, has_result=has_result)


def _tagged_key(one: Mapping[str, Any]) -> str | None:
    keys = [tag.removeprefix(f"{TAG}:") for tag in one["tags"] if tag.startswith(f"{TAG}:")]
    return keys[0] if keys else None


def _has_result(server: RedashServer, query: Mapping[str, Any]) -> bool:
    """Say if the result that a query shows is that of its text; with parameters there are many."""
    if query["options"].get("parameters"):
        return True
    number = query["latest_query_data_id"]
    if number is None:
        return False
    result = server.get(f"query_results/{number}")["query_result"]
    return bool(result["query_hash"] == query["query_hash"])


def _charts(queries: Iterable[FoundObject]) -> Iterator[FoundObject]:
    for query in queries:
        # A copy's charts have our keys too, and stay as they are.
        for one in () if query.is_copy else query.fields["visualizations"]:
            key = one["options"].get(KEY_OPTION)
            if key is not None:
                fields = {**one, "query_id": query.id}
                yield FoundObject(Kind.CHART, key, one["id"], one["name"], fields)


def _dashboards(server: RedashServer, names: _Names, user: int) -> Iterator[FoundObject]:
    for listed in server.pages("dashboards"):
        tagged = _tagged_key(listed)
        if tagged is None and not _is_half_made(listed, names, user):
            continue
        one = server.get(f"dashboards/{listed['id']}")
        key = one["options"].get(KEY_OPTION)
        if tagged is not None and key is None:
            yield FoundObject(Kind.DASHBOARD, tagged, one["id"], one["name"], one, is_copy=True)
            continue
        key = key or names[Kind.DASHBOARD][one["name"]]
        yield FoundObject(Kind.DASHBOARD, key, one["id"], one["name"], one)
        yield from _widgets(one)


def _is_half_made(listed: Mapping[str, Any], names: _Names, user: int) -> bool:
    """Say if a push broke off when it had made this dashboard and not yet tagged it."""
    return (
        listed["is_draft"]
        and not listed["tags"]
        and listed["name"] in names[Kind.DASHBOARD]
        and listed["user"]["id"] == user
    )


def _widgets(dashboard: Mapping[str, Any]) -> Iterator[FoundObject]:
    for one in dashboard["widgets"]:
        key = one["options"].get(KEY_OPTION)
        if key is not None:
            shown = one.get("visualization")
            fields = {
                **one,
                "dashboard_id": dashboard["id"],
                "visualization_id": shown["id"] if shown else None,
            }
            name = shown["name"] if shown else key
            yield FoundObject(Kind.WIDGET, key, one["id"], name, fields)


def _destinations(server: RedashServer, names: _Names) -> Iterator[FoundObject]:
    # Without a webhook in the settings nothing is wanted of destinations.
    if not names[Kind.DESTINATION]:
        return
    for listed in server.get("destinations"):
        key = names[Kind.DESTINATION].get(listed["name"])
        if key is not None:
            one = server.get(f"destinations/{listed['id']}")
            yield FoundObject(Kind.DESTINATION, key, one["id"], one["name"], one)


def _alerts(server: RedashServer) -> Iterator[FoundObject]:
    for one in server.get("alerts"):
        key = one["options"].get(KEY_OPTION)
        if key is not None:
            # Redash has null for an alert that it never repeats, the files 0.
            fields = {**one, "query_id": one["query"]["id"], "rearm": one["rearm"] or 0}
            yield FoundObject(Kind.ALERT, key, one["id"], one["name"], fields)


def _subscriptions(
    server: RedashServer, names: _Names, alerts: Iterable[FoundObject]
) -> Iterator[FoundObject]:
    for alert in alerts if names[Kind.DESTINATION] else ():
        for one in server.get(f"alerts/{alert.id}/subscriptions"):
            destination = one.get("destination") or {}
            if destination.get("name") in names[Kind.DESTINATION]:
                fields = {"alert_id": alert.id, "destination_id": destination["id"]}
                yield FoundObject(
                    Kind.SUBSCRIPTION, alert.key, one["id"], str(destination["name"]), fields
                )
