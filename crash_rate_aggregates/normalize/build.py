"""The build that a ping is about: the one that crashed, which may not be the one that sent it."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.values import is_string

_BUILD_ID = re.compile(r"[0-9]{14}", re.ASCII)


class Build(NamedTuple):
    """What a ping says of its build."""

    version: Any
    build_id: Any
    """14 digits where `is_sound`."""
    channel: Any = None
    """None where the ping's own place of it holds."""
    is_of_crash: bool = False
    """Whether the crash itself named it, instead of the ping's environment."""

    @property
    def is_sound(self) -> bool:
        """Whether the build can be told from others."""
        return is_string(self.build_id) and _BUILD_ID.fullmatch(self.build_id) is not None


def build_of(doc_type: str, fields: PingFields) -> Build:
    """Return the build of a ping.

    That of its environment; of a crash ping without one, or with that of its submission
    (`hasCrashEnvironment` false), what the crash's annotations say, else the application that sent
    it (firefox-source-docs, crash-ping; toolkit/crashreporter/client legacy_telemetry.rs).
    """
    lacks_environment = fields.build_id is None or fields.has_crash_environment is False
    if doc_type == "main" or fields.is_glean or not lacks_environment:
        return Build(fields.version, fields.build_id)
    return Build(
        _first(fields.crash_version, fields.application_version),
        _first(fields.crash_build_id, fields.application_build_id),
        fields.crash_channel,
        is_of_crash=True,
    )


def _first(value: Any, other: Any) -> Any:
    return other if value is None else value
