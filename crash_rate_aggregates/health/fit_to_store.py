"""Judge a computed day before it replaces a stored one: are there pings, and does one count?"""

from __future__ import annotations

from crash_rate_aggregates.engines.interface import DayRequest, DayResult
from crash_rate_aggregates.errors import NoPingsError, NothingCountedError
from crash_rate_aggregates.outcomes import Outcome


def require_files(request: DayRequest, place: str) -> None:
    """Pass if the day has files.

    Args:
        request: The day as it was listed.
        place: What --pings names.

    Raises:
        NoPingsError: With where was looked.
    """
    if not request.files:
        raise _no_pings(request, place)


def require_counted(request: DayRequest, result: DayResult, place: str) -> None:
    """Pass if a ping of the day counts.

    Raises:
        NoPingsError: Its files are empty.
        NothingCountedError: With how many pings were ignored, and why.
    """
    if not result.pings_read:
        raise _no_pings(request, place)
    pings = result.ledger.by_outcome()
    if not pings[Outcome.COUNTED]:
        why = ", ".join(f"{number:,} {name}" for name, number in pings.most_common() if number)
        raise NothingCountedError(
            f"none of the {result.pings_read:,} pings for {request.submission_date} under "
            f"{place!r} counts ({why}): what the table holds for the day stays; check the files, "
            "or use --allow-empty to replace it by nothing"
        )


def _no_pings(request: DayRequest, place: str) -> NoPingsError:
    day = request.submission_date
    return NoPingsError(
        f"no pings for {day} under {place!r} ({request.store.describe_day(day)}): "
        "what the table holds for the day stays; wait for the pings, or use --allow-empty to "
        "replace it by nothing"
    )
