-- What the rows of each day of a range add up to, for comparison with its ledger.
SELECT
    submission_date,
    count(*) AS rows,
    coalesce(sum(ping_count), 0)::bigint AS usage_pings,
    coalesce(sum({crash_pings}), 0)::bigint AS crash_pings
FROM crash_aggregates
WHERE submission_date BETWEEN %(first)s AND %(last)s
GROUP BY submission_date
