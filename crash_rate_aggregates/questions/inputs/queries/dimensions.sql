SELECT name
FROM crash_aggregates_current_runs
CROSS JOIN jsonb_to_recordset(dimensions) AS one (name text)
WHERE submission_date = %(last)s
