"""Say what a check of the last days found: a line for people, one JSON document for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from crash_rate_aggregates.errors import CheckFailedError
from crash_rate_aggregates.health.check import CheckedDay
from crash_rate_aggregates.terminal.cells import printable


def check_lines(days: Sequence[CheckedDay], assessed: date | None) -> Iterator[str]:
    """Say on one line for each day whether it is well, or what is wrong with it.

    Args:
        days: The earliest first.
        assessed: The newest that is; None where none is, so that nothing is known of alarms.
    """
    for day in days:
        faults = "; ".join(f"{finding.fault}: {finding.text}" for finding in day.findings)
        yield printable(f"{day.submission_date}: {faults or _well(day)}")
    if assessed is None:
        yield "no day is assessed yet, so no alarm is known: `crash-rate-aggregates assess`"


def check_document(days: Sequence[CheckedDay], assessed: date | None) -> str:
    """Return the same as JSON."""
    document = {
        "status": "failed" if any(day.findings for day in days) else "ok",
        "assessed": None if assessed is None else assessed.isoformat(),
        "days": [_as_mapping(day) for day in days],
    }
    return json.dumps(document, indent=2)


def require_no_fault(days: Sequence[CheckedDay]) -> None:
    """Pass if all days are well.

    Raises:
        CheckFailedError: With the days that are not, and why in one word each.
    """
    faulty = [
        f"{day.submission_date} {', '.join(dict.fromkeys(one.fault for one in day.findings))}"
        for day in days
        if day.findings
    ]
    if faulty:
        raise CheckFailedError(
            f"{len(faulty)} of {len(days)} days are not as they should be: {'; '.join(faulty)}"
        )


def _well(day: CheckedDay) -> str:
    volume = "of usual volume" if day.has_past else "with no past to compare its volume with"
    return f"whole, {day.main_pings:,} main and {day.crash_pings:,} crash pings counted, {volume}"


def _as_mapping(day: CheckedDay) -> dict[str, Any]:
    return {
        "submission_date": day.submission_date.isoformat(),
        "status": "failed" if day.findings else "ok",
        "main_pings": day.main_pings,
        "crash_pings": day.crash_pings,
        "has_past": day.has_past,
        "findings": [{"fault": one.fault.value, "text": one.text} for one in day.findings],
    }
