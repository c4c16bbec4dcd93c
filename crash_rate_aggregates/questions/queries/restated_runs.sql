SELECT run_id, changed
FROM crash_aggregates_restated_runs
WHERE submission_date = %(submission_date)s
