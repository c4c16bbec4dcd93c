-- Asks crash_aggregates itself: only there are all dimensions. Each of those asked for, and each date,
-- is a text of the array.
WITH stored AS (
    SELECT
        ARRAY[{groups}]::text[] AS groups,
        dimensions ->> 'application' AS application,
        submission_date,
        sum(ping_count) AS ping_count,
        sum({crash_pings}) AS crash_pings,
        {sums}
    FROM crash_aggregates
    WHERE
        submission_date >= coalesce(%(min_submission_date)s::date, '-infinity')
        AND submission_date <= coalesce(%(max_submission_date)s::date, 'infinity')
    GROUP BY groups, application, submission_date
),

-- Applications with crash pings that have all that was asked for: without any, 0 crashes say nothing.
known AS (
    SELECT application
    FROM stored
    GROUP BY application
    HAVING bool_or(crash_pings > 0 AND array_position(groups, NULL) IS NULL)
),

days AS (
    SELECT
        groups,
        submission_date,
        sum(ping_count) AS ping_count,
        sum(crash_pings) AS crash_pings,
        bool_or(
            EXISTS (SELECT FROM known WHERE known.application IS NOT DISTINCT FROM stored.application)
        ) AS knows_crash_pings,
        {sums}
    FROM stored
    GROUP BY groups, submission_date
),

sums AS (
    SELECT
        groups,
        sum(ping_count)::bigint AS ping_count,
        -- Its own are known in any case.
        bool_or(knows_crash_pings) OR sum(crash_pings) > 0 AS knows_crash_pings,
        {sums_of_days}
    FROM days
    GROUP BY groups
)

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
    dispersion,
    {note} AS note
FROM sums
CROSS JOIN coalesce(
    %(min_usage_hours)s::double precision, crash_min_usage_hours()
) AS min_usage_hours
CROSS JOIN LATERAL {dispersed_kinds}
CROSS JOIN LATERAL {rate}
ORDER BY usage_hours DESC, {order}groups, place
