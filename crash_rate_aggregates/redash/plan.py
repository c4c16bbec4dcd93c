"""What must change on a server so that it holds what is wanted: a pure function.

Nothing that is not ours is ever part of a step, and an object is told by its key, never by its name
where Redash offers anything better. The steps stand in an order in which each can be done, and a
push that breaks off leaves a state from which the next plan goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from crash_rate_aggregates.errors import BadSettingError
from crash_rate_aggregates.redash.comparison import (
    is_as_wanted,
    is_tagged,
    merged,
    merged_tags,
)
from crash_rate_aggregates.redash.redash_objects import FoundObject, Kind, Ref, WantedObject

_ORDER = list(Kind)
_FIXED = {Kind.WIDGET: ("dashboard_id", "visualization_id")}
"""Fields that Redash cannot change: the object is made anew."""


class Action(StrEnum):
    """What a step does."""

    MAKE = "make"
    CHANGE = "change"
    DELETE = "delete"
    PUBLISH = "publish"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do on the server."""

    action: Action
    kind: Kind
    key: str
    name: str
    id: int | None = None
    """The object's number on the server; None for one that is made, here or by an earlier step."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """What to send; a `Ref` stands for an id."""
    changes: tuple[Change, ...] = ()
    """What a person wants to know of a change."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, and what to know."""

    steps: tuple[Step, ...]
    """In the order in which to do them; none if the server holds what is wanted."""
    notes: tuple[str, ...] = ()
    """What stays as it is although it looks like ours."""

    @property
    def writes(self) -> int:
        """Steps that change the server; to run a query changes nothing but its result."""
        return sum(step.action is not Action.RUN for step in self.steps)


def plan(wanted: Iterable[WantedObject], found: Iterable[FoundObject]) -> Plan:
    """Compare.

    Args:
        wanted: Each kind and key once.
        found: All of the server that carry a key, copies included.

    Raises:
        BadSettingError: The data source is not there, and the settings do not say how to make it.
    """
    ordered = sorted(wanted, key=lambda one: _ORDER.index(one.kind))
    ours, copies = _ours(found)
    steps: list[Step] = list(_removals(ordered, ours))
    last: list[Step] = []
    for one in ordered:
        made_or_changed = list(_steps_of(one, ours))
        steps += made_or_changed
        published = list(_publication(one, ours.get((one.kind, one.key))))
        if one.kind is Kind.DASHBOARD:
            # People see it once all that it shows is there and has been run.
            last += published
        else:
            steps += published
        if _must_run(one, ours.get((one.kind, one.key)), made_or_changed):
            steps.append(Step(Action.RUN, one.kind, one.key, one.name, fields=one.run_with or {}))
    return Plan((*steps, *last), tuple(_notes(ordered, ours, copies)))


_Ours = Mapping[tuple[Kind, str], FoundObject]


def _ours(found: Iterable[FoundObject]) -> tuple[_Ours, list[FoundObject]]:
    """Tell originals from copies: of several with one key the oldest is ours."""
    ours: dict[tuple[Kind, str], FoundObject] = {}
    copies: list[FoundObject] = []
    # Numbers rise with time, so the first that is met is the oldest.
    for one in sorted(found, key=lambda one: one.id):
        if one.is_copy or (one.kind, one.key) in ours:
            copies.append(one)
        else:
            ours[one.kind, one.key] = one
    return ours, copies


def _steps_of(wanted: WantedObject, ours: _Ours) -> Iterator[Step]:
    found = ours.get((wanted.kind, wanted.key))
    if found is None:
        yield _making(wanted)
        return
    changes = tuple(_changes(wanted, found, ours))
    if not changes:
        return
    # Deleted first: two widgets with one key would make the next plan choose between them.
    fixed = _FIXED.get(wanted.kind, ())
    if any(change.field in fixed for change in changes):
        yield Step(Action.DELETE, wanted.kind, wanted.key, found.name, found.id)
        yield _making(wanted)
        return
    fields = {name: _sent(name, value, found) for name, value in wanted.fields.items()}
    yield Step(Action.CHANGE, wanted.kind, wanted.key, found.name, found.id, fields, changes)


def _making(wanted: WantedObject) -> Step:
    if wanted.kind is Kind.DATA_SOURCE and "options" not in wanted.fields:
        raise BadSettingError(
            f"Redash has no data source {wanted.name!r}: give the URL of the database as Redash "
            "reaches it in CRASH_RATE_AGGREGATES_REDASH_DATABASE or the setting redash_database"
        )
    return Step(Action.MAKE, wanted.kind, wanted.key, wanted.name, fields=wanted.fields)


def _changes(wanted: WantedObject, found: FoundObject, ours: _Ours) -> Iterator[Change]:
    for name, value in wanted.fields.items():
        before = found.fields.get(name)
        if isinstance(value, Ref):
            target = ours.get((value.kind, value.key))
            if target is None or before != target.id:
                yield Change(name, before, target.id if target else value.key)
        elif name == "tags":
            if not is_tagged(value, before):
                yield Change(name, before, merged_tags(value, before))
        elif name not in found.fields or not is_as_wanted(value, before):
            yield from _leaves(name, value, before)


def _leaves(name: str, wanted: Any, found: Any) -> Iterator[Change]:
    """Name the innermost values that differ, like `options.xAxis.type`."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for part, value in wanted.items():
            if part not in found or not is_as_wanted(value, found[part]):
                yield from _leaves(f"{name}.{part}", value, found.get(part))
    else:
        yield Change(name, found, wanted)


def _sent(name: str, value: Any, found: FoundObject) -> Any:
    before = found.fields.get(name)
    return merged_tags(value, before) if name == "tags" else merged(value, before)


def _publication(wanted: WantedObject, found: FoundObject | None) -> Iterator[Step]:
    before = found.fields if found else {}
    changes = tuple(
        Change(name, before.get(name), value)
        for name, value in wanted.published.items()
        if before.get(name) != value
    )
    if changes:
        identity = found.id if found else None
        yield Step(
            Action.PUBLISH,
            wanted.kind,
            wanted.key,
            wanted.name,
            identity,
            wanted.published,
            changes,
        )


def _must_run(wanted: WantedObject, found: FoundObject | None, steps: Sequence[Step]) -> bool:
    if wanted.run_with is None:
        return False
    asked = {"query", "data_source_id", "options"}
    return (
        found is None
        or not found.has_result
        or any(change.field.partition(".")[0] in asked for step in steps for change in step.changes)
    )


def _removals(wanted: Iterable[WantedObject], ours: _Ours) -> Iterator[Step]:
    names = {(one.kind, one.key) for one in wanted}
    for (kind, key), found in ours.items():
        # All else may be in use elsewhere, so it is only named.
        if kind is Kind.WIDGET and (kind, key) not in names:
            yield Step(Action.DELETE, kind, key, found.name, found.id)


def _notes(
    wanted: Iterable[WantedObject], ours: _Ours, copies: Iterable[FoundObject]
) -> Iterator[str]:
    wanted = list(wanted)
    for one in copies:
        yield f"{one.kind} {one.name!r} (number {one.id}) is a copy of ours and stays as it is"
    names = {(one.kind, one.key) for one in wanted}
    kinds = {one.kind for one in wanted}
    for (kind, key), found in ours.items():
        if (kind, key) not in names and kind in kinds and kind is not Kind.WIDGET:
            yield (
                f"{kind} {found.name!r} (number {found.id}) is no longer in the files and stays: "
                "archive or delete it in Redash if nobody needs it"
            )
