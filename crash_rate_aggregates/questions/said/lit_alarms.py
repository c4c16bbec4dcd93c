"""The alarms of the newest assessed evening, with who knows of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.assessments.acknowledgements import (
    Acknowledgement,
    acknowledgements,
)
from crash_rate_aggregates.database.assessments.alarm_ids import alarm_id
from crash_rate_aggregates.questions.said.alarm_evenings import (
    AlarmEvening,
    AlarmState,
    LitAlarm,
)
from crash_rate_aggregates.questions.said.newest_evening import newest_evening
from crash_rate_aggregates.questions.statement import answered
from crash_rate_aggregates.verdicts.judged_kinds import kind_named
from crash_rate_aggregates.verdicts.releases.contrast import Method

_statement = statements_beside(__name__)

_WORSENED = 1.5
"""So many times what it was has worsened."""
_SMALLEST = 1e-9


def lit_alarms(connection: psycopg.Connection) -> AlarmEvening:
    """Return the alarms of the newest assessed submission date.

    Args:
        connection: From `connect`, outside any transaction.

    Raises:
        NotAssessedError: No day is assessed yet.
        DatabaseError: There are no tables yet.
    """
    with reading(connection, "the alarms could not be read") as cursor:
        evening = newest_evening(cursor)
        rows = list(answered(cursor, _statement("lit_alarms").format(), {}).records())
        known = acknowledgements(connection)
    return AlarmEvening(
        evening.submission_date,
        evening.assessed_at,
        evening.newest_stored,
        alarms=_in_order([_alarm(row, known) for row in rows if row["evenings_over"] <= 0]),
        past=_in_order([_alarm(row, known) for row in rows if row["evenings_over"] > 0]),
    )


def severity(ratio: float) -> float:
    """Return how bad a ratio is, from 1 on: rates are bad upwards, hours downwards.

    As the database's function crash_alarm_is_known reckons.
    """
    return max(ratio, 1 / max(ratio, _SMALLEST))


def _in_order(alarms: Sequence[LitAlarm]) -> tuple[LitAlarm, ...]:
    def place(one: LitAlarm) -> tuple[Any, ...]:
        return not one.is_lit, one.is_quiet, -severity(one.ratio or 1.0), one.alarm_id

    return tuple(sorted(alarms, key=place))


def _alarm(row: Mapping[str, Any], known: Mapping[str, Acknowledgement]) -> LitAlarm:
    named = row["alarm_id"] or alarm_id(
        row["application"], row["channel"], row["label"], row["kind"]
    )
    acknowledged = known.get(named)
    # A verdict that was over in between is another one.
    if acknowledged and row["quiet_at"] and acknowledged.at <= row["quiet_at"]:
        acknowledged = None
    before = acknowledged.ratio if acknowledged else row["first_ratio"]
    return LitAlarm(
        named,
        f"{row['application']} {_words(row)}",
        _state(row),
        row["application"],
        row["channel"],
        row["kind"],
        row["since"],
        row["ratio"],
        row["machines"],
        acknowledged,
        _has_worsened(row["ratio"], before),
    )


def _state(row: Mapping[str, Any]) -> AlarmState:
    is_told = row["evenings_over"] < 0 or row["state"] == AlarmState.NEW_LEVEL
    return AlarmState(row["state"]) if is_told else AlarmState.ENDED


def _has_worsened(ratio: float | None, before: float | None) -> bool:
    if ratio is None or before is None:
        return False
    return severity(ratio) >= _WORSENED * severity(before)


def _words(row: Mapping[str, Any]) -> str:
    is_over = row["evenings_over"] >= 0
    if row["label"] is None:
        is_vanished = is_over and row["state"] in {AlarmState.BEGUN, AlarmState.LIT}
        return f"{row['words']}; no longer" if is_vanished else str(row["words"])
    than = "against" if row["method"] == Method.BY_LOT else "after"
    compared = f" {than} {row['previous_label']}" if row["previous_label"] else ""
    kind = kind_named(row["kind"])
    now = (row["words_after"] or "no longer judged") if is_over else row["words"]
    return f"{row['label']}{compared}, {kind.words if kind else row['kind']}: {now}"
