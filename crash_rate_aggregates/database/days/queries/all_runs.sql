SELECT
    run_id, submission_date, started_at, finished_at, program_version, engine, pings_source,
    dimensions, pings_read, bytes_read, files_read, aggregates, seconds, rules_version
FROM crash_aggregates_runs
WHERE submission_date = %(submission_date)s
ORDER BY run_id
