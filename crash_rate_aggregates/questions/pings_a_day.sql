-- Pings a day
-- Pings read and counted, and aggregates stored, of each submission date.
SELECT
    run.submission_date,
    run.pings_read,
    counted.main AS main_pings_counted,
    counted.crash AS crash_pings_counted,
    run.pings_read - counted.main - counted.crash AS pings_not_counted,
    run.aggregates
FROM crash_aggregates_current_runs AS run
CROSS JOIN LATERAL (
    SELECT
        coalesce(sum(pings) FILTER (WHERE doc_type = 'main'), 0)::bigint AS main,
        coalesce(sum(pings) FILTER (WHERE doc_type = 'crash'), 0)::bigint AS crash
    FROM crash_aggregates_ledger AS ledger
    WHERE ledger.run_id = run.run_id AND kind = 'outcome' AND name = 'counted'
) AS counted
WHERE run.submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
ORDER BY run.submission_date
