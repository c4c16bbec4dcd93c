SELECT max(submission_date) AS submission_date
FROM crash_aggregates_current_runs
WHERE aggregates > 0
