-- Each submission date of a range, stored or not: its current run with its ledger, and the attempt
-- after it that has not committed.
SELECT
    day.submission_date::date AS day,
    run.*,
    ledger.lines AS ledger_lines,
    damaged.files AS damaged_files,
    attempt.started_at AS attempted_at,
    attempt.error
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day (submission_date)
LEFT JOIN crash_aggregates_current_runs AS run
    ON run.submission_date = day.submission_date::date
LEFT JOIN crash_aggregates_open_attempts AS attempt
    ON attempt.submission_date = day.submission_date::date
CROSS JOIN LATERAL (
    SELECT
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'doc_type', doc_type, 'kind', kind, 'name', name, 'pings', pings
                )
            ),
            '[]'
        ) AS lines
    FROM crash_aggregates_ledger
    WHERE crash_aggregates_ledger.run_id = run.run_id
) AS ledger
CROSS JOIN LATERAL (
    SELECT
        coalesce(jsonb_agg(jsonb_build_object('file', file, 'reason', reason)), '[]') AS files
    FROM crash_aggregates_damaged_files
    WHERE crash_aggregates_damaged_files.run_id = run.run_id
) AS damaged
ORDER BY 1
