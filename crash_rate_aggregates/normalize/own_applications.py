"""Applications that the settings describe, beside those that everybody has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import msgspec

from crash_rate_aggregates.applications import KNOWN_APPLICATIONS, Application
from crash_rate_aggregates.errors import ApplicationsError

_FIELDS = sorted({one.name for one in fields(Application)} - {"name"})


def with_own_applications(
    described: Mapping[str, Mapping[str, Any]],
) -> tuple[Application, ...]:
    """Return all applications: those of everybody, with the own ones in their place or after them.

    Args:
        described: By what people call it, the other fields of an `Application` by name.

    Raises:
        ApplicationsError: A field is misspelt, or has a value that it does not take.
    """
    own = {name: _application(name, given) for name, given in described.items()}
    usual = {application.name: application for application in KNOWN_APPLICATIONS}
    return tuple((usual | own).values())


def _application(name: str, given: Mapping[str, Any]) -> Application:
    for field in given:
        if field not in _FIELDS:
            raise ApplicationsError(
                f"the application {name!r} has no {field!r}: choose from {', '.join(_FIELDS)}"
            )
    try:
        return msgspec.convert({**given, "name": name}, Application)
    except msgspec.ValidationError as error:
        raise ApplicationsError(f"the application {name!r} cannot be used: {error}") from error
