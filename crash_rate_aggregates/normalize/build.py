"""The build of a ping, where its environment does not tell it."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.values import is_string

_BUILD_ID = re.compile(r"[0-9]{14}", re.ASCII)


def is_build_id(value: Any) -> bool:
    """Tell whether a value can be told from other builds' ids: a string of 14 digits."""
    return is_string(value) and _BUILD_ID.fullmatch(value) is not None


class BuildOfPing(NamedTuple):
    """A build that is another one than the ping's own place of it names."""

    version: Any
    build_id: Any
    """None where there is none to name."""
    channel: Any
    """None where the ping's own place of it holds."""


def build_of_crash(fields: PingFields) -> BuildOfPing | None:
    """Return the build of a v4 crash ping whose environment is not that of the crash, else None.

    Without an environment, or with that of its submission (`hasCrashEnvironment` false), it is what
    the crash's annotations say, else the application that sent it (firefox-source-docs, crash-ping;
    toolkit/crashreporter/client legacy_telemetry.rs).
    """
    if fields.is_glean or (
        fields.build_id is not None and fields.has_crash_environment is not False
    ):
        return None
    return BuildOfPing(
        _first(fields.crash_version, fields.application_version),
        _first(fields.crash_build_id, fields.application_build_id),
        fields.crash_channel,
    )


def _first(value: Any, other: Any) -> Any:
    return other if value is None else value
