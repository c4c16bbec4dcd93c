UPDATE crash_aggregates_open_attempts
SET error = %(error)s
WHERE submission_date = %(submission_date)s AND started_at = %(started_at)s
