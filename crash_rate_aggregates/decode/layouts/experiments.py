"""A client's experiments: an object by name in pings, a list of key and value in tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crash_rate_aggregates.decode.layouts.places import Content, Place
from crash_rate_aggregates.normalize.values import is_string

_BRANCH = "branch"
_KEYS = 4


def experiments_place(path: tuple[str, ...], content: Content = Content.WHOLE) -> Place:
    """Return the place of all experiments of a ping.

    Args:
        path: Of the container.
        content: `BRANCHES` where it is an object, which is then read without what else is in it.
    """
    return Place(path, branches_of, content)


def experiment_place(
    path: tuple[str, ...], experiments: tuple[str, ...], content: Content = Content.WHOLE
) -> Place | None:
    """Return where a dimension's path to an experiment's branch lies; None for another path.

    Args:
        path: Like `environment`, `experiments`, the experiment's slug, `branch`.
        experiments: The container, as of `experiments_place`.
        content: Likewise.
    """
    if path[:2] != ("environment", "experiments") or len(path) != _KEYS:
        return None
    slug, member = path[2:]
    if content is Content.BRANCHES and member != _BRANCH:
        return None

    def value(container: Any) -> Any:
        for name, experiment in _entries(container):
            if name == slug:
                return experiment.get(member) if isinstance(experiment, Mapping) else None
        return None

    return Place(experiments, value, content)


def branches_of(container: Any) -> tuple[tuple[str, str], ...] | None:
    """Return names and branches as they are said; those that are no texts are left out."""
    branches: dict[str, str] = {}
    for name, experiment in _entries(container):
        branch = experiment.get(_BRANCH) if isinstance(experiment, Mapping) else experiment
        if is_string(name) and is_string(branch) and branch is not None:
            branches[name] = branch
    return tuple(branches.items()) or None


def _entries(container: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(container, Mapping):
        yield from container.items()
    elif isinstance(container, list):
        for entry in container:
            if isinstance(entry, Mapping):
                yield entry.get("key"), entry.get("value")
