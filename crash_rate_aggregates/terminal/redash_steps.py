"""What would change in Redash, and what a push does, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from crash_rate_aggregates.redash.plan import Action, Change, Step
from crash_rate_aggregates.redash.redash_objects import shown
from crash_rate_aggregates.terminal.cells import printable

_SIGNS = {
    Action.MAKE: ("+", "green"),
    Action.CHANGE: ("~", "yellow"),
    Action.DELETE: ("-", "red"),
    Action.PUBLISH: ("~", "yellow"),
    Action.RUN: (">", "cyan"),
}
_LONGEST = 60
"""Characters of a value that are shown."""


def step_lines(step: Step) -> Iterator[Text]:
    """Yield one line for a step, and one for each field that it changes."""
    sign, color = _SIGNS[step.action]
    number = f" (number {step.id})" if step.id is not None else ""
    yield Text(f"{sign} {step.action} {step.kind} {step.name!r}{number}", style=color)
    if step.id is not None:
        for change in step.changes:
            yield Text(f"    {change.field}: {_change(change)}")


def summary_line(steps: Sequence[Step]) -> Text:
    """Count the steps by what they do."""
    if not steps:
        return Text("Redash holds what is wanted: nothing to do.")
    counted = [
        f"{sum(step.action is action for step in steps)} to {action}"
        for action in Action
        if any(step.action is action for step in steps)
    ]
    return Text(f"{len(steps)} steps: {', '.join(counted)}.")


def steps_json(steps: Iterable[Step], notes: Iterable[str], writes: int) -> str:
    """Return steps and notes as one JSON document, without what is sent."""
    documents = [
        {
            "action": step.action,
            "kind": step.kind,
            "key": step.key,
            "name": step.name,
            "id": step.id,
            "changes": [
                {"field": change.field, "before": change.before, "after": shown(change.after)}
                for change in step.changes
            ],
        }
        for step in steps
    ]
    return json.dumps({"steps": documents, "notes": list(notes), "writes": writes}, indent=2)


def _change(change: Change) -> str:
    before, after = str(change.before), str(shown(change.after))
    if "\n" in before + after:
        return _changed_lines(before, after)
    return f"{_short(before)} -> {_short(after)}"


def _changed_lines(before: str, after: str) -> str:
    """Say how many lines of a longer text come and go."""
    old, new = before.splitlines(), after.splitlines()
    gone = sum(line not in new for line in old)
    come = sum(line not in old for line in new)
    return f"{gone} lines go, {come} lines come"


def _short(text: str) -> str:
    # People of Redash name things too.
    return printable(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")
