SELECT submission_date, run_id
FROM crash_aggregates_current_runs
WHERE submission_date BETWEEN %(first)s AND %(last)s AND aggregates > 0
