-- The run of each stored day that has no totals yet, as those of versions before the summaries.
SELECT run.submission_date, run.run_id
FROM crash_aggregates_current_runs AS run
WHERE
    run.aggregates > 0
    AND NOT EXISTS (
        SELECT FROM crash_aggregates_run_totals AS totals WHERE totals.run_id = run.run_id
    )
ORDER BY run.submission_date
