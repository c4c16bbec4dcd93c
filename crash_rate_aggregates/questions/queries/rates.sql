-- One text for each dimension or date asked for, of crash_aggregates itself: the summaries have not
-- all of them.
WITH days AS (
    SELECT ARRAY[{groups}]::text[] AS groups, sum(ping_count) AS ping_count, {sums}
    FROM crash_aggregates
    WHERE
        submission_date >= coalesce(%(min_submission_date)s::date, '-infinity')
        AND submission_date <= coalesce(%(max_submission_date)s::date, 'infinity')
    GROUP BY groups, submission_date
),

pings AS (
    SELECT groups, sum(ping_count)::bigint AS ping_count FROM days GROUP BY groups
),

{rates_of_days}

SELECT
    groups,
    ping_count,
    usage_hours,
    min_usage_hours,
    kind,
    whole_crashes AS crashes,
    per_1000_hours,
    lower_limit AS lower,
    upper_limit AS upper,
    dispersion
FROM rates
JOIN pings USING (groups)
ORDER BY usage_hours DESC, groups, place
