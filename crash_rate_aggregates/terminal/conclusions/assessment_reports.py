"""Say what each day's assessment came to: a line for people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from crash_rate_aggregates.assess.assessing_days import AssessedDay, UnassessedDay
from crash_rate_aggregates.errors import ExitCode
from crash_rate_aggregates.terminal.cells import printable


class AssessmentReports:
    """Results as they come."""

    def __init__(self, say: Callable[[str], None], warn: Callable[[str], None]) -> None:
        """Prepare a report without any day.

        Args:
            say: Prints results.
            warn: Prints what was not assessed.
        """
        self._say = say
        self._warn = warn
        self._results: list[AssessedDay | UnassessedDay] = []

    def show(self, result: AssessedDay | UnassessedDay) -> None:
        """Report one day."""
        self._results.append(result)
        if isinstance(result, UnassessedDay):
            self._warn(unassessed_words(result))
        else:
            self._say(assessed_words(result))

    def finish(self) -> int:
        """Return the exit code: that of the first day that was not assessed."""
        failed = [one for one in self._results if isinstance(one, UnassessedDay)]
        return failed[0].error.exit_code if failed else ExitCode.DONE


def unassessed_words(day: UnassessedDay) -> str:
    """Return why nothing new is said of a stored day."""
    said = printable(str(day.error))
    return f"error: {day.submission_date} was not assessed: {said} [{day.error.slug}]"


def as_mapping(result: AssessedDay | UnassessedDay) -> dict[str, Any]:
    """Return a day's assessment for machines."""
    day: date = result.submission_date
    if isinstance(result, UnassessedDay):
        failure = {"slug": result.error.slug, "message": str(result.error)}
        return {"submission_date": day.isoformat(), "status": "failed", "error": failure}
    return {
        "submission_date": day.isoformat(),
        "status": "done",
        "worse": result.worse,
        "alarms": result.alarms,
        "seconds": result.seconds,
    }


def assessed_words(day: AssessedDay) -> str:
    """Return how many verdicts and alarms a day has."""
    worse = f"{_counted(day.worse, 'verdict')} of worse" if day.worse else "nothing worse"
    alarms = _counted(day.alarms, "alarm") if day.alarms else "no alarm"
    return f"{day.submission_date} assessed: {worse}, {alarms}, {day.seconds:.1f} s"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
