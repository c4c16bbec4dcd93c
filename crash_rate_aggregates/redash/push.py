"""Carry out a plan, and go on where an earlier push broke off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from crash_rate_aggregates.errors import RedashRejectedError, RedashUnavailableError
from crash_rate_aggregates.redash.found import found_objects
from crash_rate_aggregates.redash.plan import Action, Plan, Step, plan
from crash_rate_aggregates.redash.redash_objects import FoundObject, Kind, Ref, WantedObject
from crash_rate_aggregates.redash.rest import RedashServer

_ROUNDS = 4
"""A round reads, plans and does; the last one finds nothing to do."""
_PATHS = {
    Kind.DATA_SOURCE: "data_sources",
    Kind.QUERY: "queries",
    Kind.CHART: "visualizations",
    Kind.DASHBOARD: "dashboards",
    Kind.WIDGET: "widgets",
    Kind.DESTINATION: "destinations",
    Kind.ALERT: "alerts",
}
_NOT_SENT = ("connects",)
"""Fields that are found out and cannot be set."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did."""

    steps: tuple[Step, ...]
    """In the order in which they were done."""
    notes: tuple[str, ...]
    """What stays although it looks like ours."""

    @property
    def writes(self) -> int:
        """Steps that changed the server."""
        return Plan(self.steps).writes


def planned(server: RedashServer, wanted: Sequence[WantedObject]) -> Plan:
    """Read the server and return what a push would do; changes nothing.

    Raises:
        RedashError: The server cannot be read.
    """
    return plan(wanted, found_objects(server, wanted))


def push(
    server: RedashServer,
    wanted: Sequence[WantedObject],
    done: Callable[[Step], None] | None = None,
) -> Pushed:
    """Make the server hold what is wanted, and check that it does.

    When the server breaks down in a step, its answer does not tell whether the step was done: the
    server is read and planned anew. So is it at the end, when nothing may be left to do.

    Args:
        server: With the key of an administrator.
        wanted: From `wanted_objects`.
        done: Is told each step once it is done.

    Raises:
        RedashRejectedError: Redash takes what is sent, but does not keep it.
        RedashError: A step failed; what was done stays.
    """
    steps: list[Step] = []

    def record(step: Step) -> None:
        steps.append(step)
        if done is not None:
            done(step)

    for _ in range(_ROUNDS):
        left = _retried(server, lambda: _round(server, wanted, record))
        if not left.steps:
            return Pushed(tuple(steps), left.notes)
    named = ", ".join(f"{step.action} {step.kind} {step.name!r}" for step in left.steps)
    raise RedashRejectedError(f"Redash does not keep what it is sent: {named}")


def _retried(server: RedashServer, one_round: Callable[[], Plan]) -> Plan:
    attempts = Retrying(
        retry=retry_if_exception_type(RedashUnavailableError),
        stop=stop_after_attempt(_ROUNDS),
        wait=server.wait,
        reraise=True,
    )
    return attempts(one_round)


def _round(
    server: RedashServer, wanted: Sequence[WantedObject], done: Callable[[Step], None]
) -> Plan:
    """Read, plan and do; return the plan that was done, without steps if nothing was to do."""
    found = found_objects(server, wanted)
    todo = plan(wanted, found)
    ids = _ids(found)
    for step in todo.steps:
        _do(server, step, ids)
        done(step)
    return todo


_Ids = dict[tuple[Kind, str], int]


def _ids(found: Iterable[FoundObject]) -> _Ids:
    """Return the numbers of ours; of several with one key the oldest is ours, as in a plan."""
    newest_first = sorted(found, key=lambda one: one.id, reverse=True)
    return {(one.kind, one.key): one.id for one in newest_first if not one.is_copy}


def _do(server: RedashServer, step: Step, ids: _Ids) -> None:
    known = step.id if step.id is not None else ids.get((step.kind, step.key))
    # Only now, as what an earlier step of this round made has a number now.
    fields = {
        name: ids[value.kind, value.key] if isinstance(value, Ref) else value
        for name, value in step.fields.items()
        if name not in _NOT_SENT
    }
    if step.action is Action.MAKE:
        ids[step.kind, step.key] = _make(server, step.kind, fields)
    elif step.action is Action.DELETE:
        server.delete(f"{_PATHS[step.kind]}/{known}")
    elif step.action is Action.RUN:
        server.query_rows(int(known or 0), fields)
    else:
        _change(server, step.kind, int(known or 0), fields)


def _make(server: RedashServer, kind: Kind, fields: Mapping[str, Any]) -> int:
    """Make one object, tagged at once, and return its number."""
    if kind is Kind.SUBSCRIPTION:
        path = f"alerts/{fields['alert_id']}/subscriptions"
        return int(server.post(path, {"destination_id": fields["destination_id"]})["id"])
    if kind is Kind.DASHBOARD:
        # Redash ignores all but the name of a new dashboard.
        number = int(server.post("dashboards", {"name": fields["name"]})["id"])
        _change(server, kind, number, fields)
        return number
    return int(server.post(_PATHS[kind], fields)["id"])


def _change(server: RedashServer, kind: Kind, number: int, fields: Mapping[str, Any]) -> None:
    path = f"{_PATHS[kind]}/{number}"
    if kind is Kind.DASHBOARD:
        # Redash takes a change only with the version that it changes.
        fields = {**fields, "version": server.get(path)["version"]}
    elif kind is Kind.WIDGET:
        # No more of a widget can be changed.
        fields = {"text": fields["text"], "options": fields["options"]}
    server.post(path, fields)
