-- An attempt that began later stays open until it commits itself.
DELETE FROM crash_aggregates_open_attempts
WHERE submission_date = %(submission_date)s AND started_at <= %(started_at)s
