"""What the header X-Source-Tags says of who sent a ping."""

from __future__ import annotations

from typing import Any

from crash_rate_aggregates.normalize.values import is_string

_AUTOMATION = "automation"


def is_automation(tags: Any) -> bool:
    """Tell whether a ping comes from Mozilla's own tests (mozilla/bigquery-etl #1215, bug 1657360).

    Args:
        tags: As the header has them, with commas between, or a list of them.
    """
    if is_string(tags):
        return _AUTOMATION in tags and _AUTOMATION in map(str.strip, tags.split(","))
    return isinstance(tags, list) and _AUTOMATION in tags
