"""What can be set of how pings are judged, and no more: --help loads this and no rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from crash_rate_aggregates.settable import Settable


@dataclass(frozen=True, slots=True)
class JudgingOptions:
    """How pings are judged, beside what the rules say."""

    applications: Annotated[
        Mapping[str, Mapping[str, Any]],
        Settable(
            says="Applications beside those that everybody has: the name, and a table with its "
            "`identifiers` and, if need be, `channels`, `usage_ping`, `sends_both_since` and "
            "`sends_twice_since`.",
            unset="those of docs/rules.md",
            page="rules.md",
        ),
    ] = field(default_factory=dict)
    counts_automation: Annotated[
        bool,
        Settable(
            key="count_automation",
            says="Whether pings count that Mozilla's own tests sent.",
            page="rules.md",
        ),
    ] = False
