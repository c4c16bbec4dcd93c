"""Say what each day's run did: a line for people, one JSON document for machines."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from crash_rate_aggregates.assess.assessing_days import AssessedDay, UnassessedDay
from crash_rate_aggregates.errors import ExitCode
from crash_rate_aggregates.job import DaySummary, FailedDay
from crash_rate_aggregates.outcomes import Outcome
from crash_rate_aggregates.terminal.cells import printable
from crash_rate_aggregates.terminal.conclusions.assessment_reports import (
    as_mapping,
    assessed_words,
    unassessed_words,
)


class DayReports:
    """Results, and errors as they come."""

    def __init__(
        self, say: Callable[[str], None], warn: Callable[[str], None], *, as_json: bool
    ) -> None:
        """Prepare a report without any day.

        Args:
            say: Prints results; must not raise where they cannot be printed, or the days that
                follow would not be run.
            warn: Prints errors, likewise.
            as_json: Whether results are one document at the end.
        """
        self._say = say
        self._warn = warn
        self._as_json = as_json
        self._results: list[DaySummary | FailedDay] = []
        self._assessed: list[AssessedDay | UnassessedDay] = []

    @property
    def stored_days(self) -> list[date]:
        """The days that were stored."""
        return [one.submission_date for one in self._results if isinstance(one, DaySummary)]

    def show(self, result: DaySummary | FailedDay) -> None:
        """Report one day."""
        self._results.append(result)
        if isinstance(result, FailedDay):
            said = printable(str(result.error))
            self._warn(f"error: {result.submission_date}: {said} [{result.error.slug}]")
        elif not self._as_json:
            self._say(_sentence(result))

    def show_assessment(self, result: AssessedDay | UnassessedDay) -> None:
        """Report what a stored day means; that it could not be told is no fault of the day."""
        self._assessed.append(result)
        if isinstance(result, UnassessedDay):
            self._warn(unassessed_words(result))
        elif not self._as_json and (result.worse or result.alarms):
            self._say(assessed_words(result))

    def finish(self) -> int:
        """Print the JSON document if asked for; return the exit code."""
        if self._as_json:
            days = [_as_mapping(result) for result in self._results]
            assessed = [as_mapping(result) for result in self._assessed]
            self._say(json.dumps({"days": days, "assessments": assessed}, indent=2))
        elif not self._results:
            self._say("no day is due")
        failed = [result for result in self._results if isinstance(result, FailedDay)]
        return failed[0].error.exit_code if failed else ExitCode.DONE


def _sentence(day: DaySummary) -> str:
    counts = day.ledger.by_outcome()
    counted = counts.pop(Outcome.COUNTED, 0)
    others = ", ".join(f"{number:,} {name}" for name, number in sorted(counts.items()))
    damaged = f"; {len(day.damaged)} damaged files" if day.damaged else ""
    return (
        f"{day.submission_date}: {day.run.facts.pings_read:,} pings read, {counted:,} counted"
        f"{f' ({others})' if others else ''}, {day.run.aggregates:,} aggregates, "
        f"{day.seconds:.1f} s{damaged}"
    )


def _as_mapping(result: DaySummary | FailedDay) -> dict[str, Any]:
    day = result.submission_date.isoformat()
    if isinstance(result, FailedDay):
        failure = {"slug": result.error.slug, "message": str(result.error)}
        return {"submission_date": day, "status": "failed", "error": failure}
    facts = result.run.facts
    return {
        "submission_date": day,
        "run_id": result.run.run_id,
        "aggregates": result.run.aggregates,
        "pings_read": facts.pings_read,
        "files_read": facts.files_read,
        "bytes_read": facts.bytes_read,
        "seconds": result.seconds,
        "ledger": [asdict(line) for line in result.ledger.lines],
        "damaged": [asdict(file) for file in result.damaged],
        "status": "done",
    }
