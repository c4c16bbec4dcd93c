-- Runs, totals and ledgers of 30 stored days once more, so many days earlier.
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
),

sources AS (
    SELECT runs.run_id, source.run_id AS source_run_id
    FROM runs
    JOIN crash_aggregates_current_runs AS source
        ON source.submission_date = runs.submission_date + %(earlier)s
),

totals AS (
    INSERT INTO crash_aggregates_run_totals (run_id, channel, aggregates, {stats})
    SELECT sources.run_id, channel, aggregates, {stats}
    FROM sources
    JOIN crash_aggregates_run_totals AS of_source ON of_source.run_id = source_run_id
)

INSERT INTO crash_aggregates_ledger (run_id, doc_type, kind, name, pings)
SELECT sources.run_id, ledger.doc_type, ledger.kind, ledger.name, ledger.pings
FROM sources
JOIN crash_aggregates_ledger AS ledger ON ledger.run_id = source_run_id
