-- Pings that were not counted, by reason
-- Pings of each submission date that were ignored, unreadable or duplicates, and their share of the
-- pings read. docs/rules.md explains each reason.
SELECT
    run.submission_date,
    ledger.name AS reason,
    sum(ledger.pings)::bigint AS pings,
    sum(ledger.pings)::double precision / nullif(run.pings_read, 0) AS share
FROM crash_aggregates_current_runs AS run
JOIN crash_aggregates_ledger AS ledger ON ledger.run_id = run.run_id
WHERE
    run.submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
    AND ledger.kind = 'outcome'
    AND ledger.name <> 'counted'
GROUP BY run.submission_date, ledger.name, run.pings_read
ORDER BY run.submission_date, ledger.name
