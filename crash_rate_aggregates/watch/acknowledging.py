"""Acknowledge an alarm that is lit."""

from __future__ import annotations

import psycopg

from crash_rate_aggregates.database.assessments.acknowledgements import acknowledge
from crash_rate_aggregates.errors import AlarmNotLitError
from crash_rate_aggregates.questions.said.alarm_evenings import LitAlarm
from crash_rate_aggregates.questions.said.lit_alarms import lit_alarms


def acknowledge_lit(connection: psycopg.Connection, alarm_id: str, by: str, note: str) -> LitAlarm:
    """Quiet an alarm until it ends or worsens; return it as it is lit.

    Args:
        connection: From `connect`, as the role that fills days, outside any transaction.
        alarm_id: As `watch` shows it.
        by: Who acknowledges.
        note: Why.

    Raises:
        AlarmNotLitError: It is not lit; with those that are.
        NotAssessedError: No day is assessed yet.
        DatabaseError: PostgreSQL refuses.
    """
    lit = {one.alarm_id: one for one in lit_alarms(connection).lit}
    alarm = lit.get(alarm_id)
    if alarm is None:
        raise AlarmNotLitError(
            f"no alarm {alarm_id!r} is lit: choose from {', '.join(lit)}"
            if lit
            else f"no alarm {alarm_id!r} is lit, nor is any other: there is nothing to acknowledge"
        )
    acknowledge(connection, alarm_id, by, note, alarm.ratio)
    return alarm
