-- Pings that were adjusted and counted
-- Counted pings of each submission date by what was put right in them. docs/rules.md explains each
-- adjustment.
SELECT
    run.submission_date,
    ledger.name AS adjustment,
    sum(ledger.pings)::bigint AS pings,
    sum(ledger.pings)::double precision / nullif(run.pings_read, 0) AS share
FROM crash_aggregates_current_runs AS run
JOIN crash_aggregates_ledger AS ledger ON ledger.run_id = run.run_id
WHERE
    run.submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
    AND ledger.kind = 'adjustment'
GROUP BY run.submission_date, ledger.name, run.pings_read
ORDER BY run.submission_date, ledger.name
