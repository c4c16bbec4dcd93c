SELECT
    totals.run_id,
    totals.channel,
    totals.aggregates,
    totals.main_crashes,
    totals.content_crashes,
    totals.usage_hours
FROM crash_aggregates_run_totals AS totals
JOIN crash_aggregates_runs AS run ON run.run_id = totals.run_id
WHERE run.submission_date = %(submission_date)s
ORDER BY totals.usage_hours DESC, totals.channel
