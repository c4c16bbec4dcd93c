-- Runs and ledgers of 30 stored days once more, so many days earlier.
WITH runs AS (
    INSERT INTO crash_aggregates_runs (
        submission_date, started_at, finished_at, program_version, engine, pings_source,
        dimensions, pings_read, bytes_read, files_read, aggregates, seconds, rules_version, stats
    )
    SELECT
        submission_date - %(earlier)s, started_at, finished_at, program_version, engine,
        pings_source, dimensions, pings_read, bytes_read, files_read, aggregates, seconds,
        rules_version, stats
    FROM crash_aggregates_current_runs
    WHERE submission_date BETWEEN %(first)s AND %(last)s
    RETURNING run_id, submission_date
)

INSERT INTO crash_aggregates_ledger (run_id, doc_type, kind, name, pings)
SELECT runs.run_id, ledger.doc_type, ledger.kind, ledger.name, ledger.pings
FROM runs
JOIN crash_aggregates_current_runs AS source
    ON source.submission_date = runs.submission_date + %(earlier)s
JOIN crash_aggregates_ledger AS ledger ON ledger.run_id = source.run_id
