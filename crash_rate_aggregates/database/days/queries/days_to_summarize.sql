-- The latest day first: what is asked about the last days is right at once.
SELECT submission_date, run_id
FROM crash_aggregates_days_to_sum_up
ORDER BY submission_date DESC
