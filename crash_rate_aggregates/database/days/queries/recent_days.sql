-- Each submission date of a range, stored or not: its current run, what that counted, and the
-- attempt after it that has not committed.
SELECT
    day.submission_date::date,
    run.run_id,
    run.started_at,
    run.pings_read,
    run.aggregates,
    ledger.outcomes,
    ledger.main_pings,
    ledger.crash_pings,
    damaged.files,
    attempt.started_at,
    attempt.error
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day (submission_date)
LEFT JOIN crash_aggregates_current_runs AS run
    ON run.submission_date = day.submission_date::date
LEFT JOIN crash_aggregates_open_attempts AS attempt
    ON attempt.submission_date = day.submission_date::date
CROSS JOIN LATERAL (
    SELECT
        coalesce(sum(pings), 0)::bigint AS outcomes,
        coalesce(sum(pings) FILTER (WHERE doc_type = 'main' AND name = 'counted'), 0)::bigint AS main_pings,
        coalesce(sum(pings) FILTER (WHERE doc_type = 'crash' AND name = 'counted'), 0)::bigint AS crash_pings
    FROM crash_aggregates_ledger
    WHERE crash_aggregates_ledger.run_id = run.run_id AND kind = 'outcome'
) AS ledger
CROSS JOIN LATERAL (
    SELECT count(*) AS files
    FROM crash_aggregates_damaged_files
    WHERE crash_aggregates_damaged_files.run_id = run.run_id
) AS damaged
ORDER BY 1
