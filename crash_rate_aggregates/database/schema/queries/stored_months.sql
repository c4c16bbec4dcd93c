SELECT
    partition.relname,
    month.first,
    month.last,
    count(run.run_id) AS days,
    coalesce(sum(run.aggregates), 0)::bigint AS aggregates,
    pg_total_relation_size(partition.oid) AS stored_bytes
FROM pg_inherits
JOIN pg_class AS partition ON partition.oid = pg_inherits.inhrelid
CROSS JOIN LATERAL to_date(right(partition.relname, 7), 'YYYY_MM') AS start
CROSS JOIN LATERAL (SELECT start, (start + INTERVAL '1 month - 1 day')::date) AS month (first, last)
LEFT JOIN crash_aggregates_current_runs AS run
    ON run.submission_date BETWEEN month.first AND month.last
WHERE
    pg_inherits.inhparent = 'crash_aggregates'::regclass
    AND partition.relname ~ '^crash_aggregates_[0-9]{4}_[0-9]{2}$'
GROUP BY partition.relname, month.first, month.last, partition.oid
ORDER BY month.first
