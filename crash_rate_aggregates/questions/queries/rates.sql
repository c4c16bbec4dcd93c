-- Asks crash_aggregates itself: only there are all dimensions. Each of those asked for, and each date,
-- is a text of the array.
WITH days AS (
    SELECT
        ARRAY[{groups}]::text[] AS groups,
        submission_date,
        sum(ping_count) AS ping_count,
        {sums}
    FROM crash_aggregates
    WHERE
        submission_date >= coalesce(%(min_submission_date)s::date, '-infinity')
        AND submission_date <= coalesce(%(max_submission_date)s::date, 'infinity')
    GROUP BY groups, submission_date
),

sums AS (
    SELECT
        groups,
        sum(ping_count)::bigint AS ping_count,
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
    dispersion
FROM sums
CROSS JOIN coalesce(
    %(min_usage_hours)s::double precision, crash_min_usage_hours()
) AS min_usage_hours
CROSS JOIN LATERAL {dispersed_kinds}
CROSS JOIN LATERAL {rate}
ORDER BY usage_hours DESC, groups, place
