-- Asks crash_aggregates itself: only there are all dimensions. Each of those asked for, and each date,
-- is a text of the array. By experiment it asks the table of experiments instead, by release the names
-- of builds too.
WITH stored AS (
    SELECT
        ARRAY[{groups}]::text[] AS groups,
        {application} AS application,
        {channel} AS channel,
        {day} AS day,
        sum(ping_count) AS ping_count,
        sum({crash_pings}) AS crash_pings,
        {sums}
    FROM {rows}
    WHERE
        submission_date >= coalesce(%(min_submission_date)s::date, '-infinity')
        AND submission_date <= coalesce(%(max_submission_date)s::date, 'infinity')
    -- By place, as the names of builds have a column application too.
    GROUP BY 1, 2, 3, 4
),

-- Applications with crash pings that have all that was asked for: without any, 0 crashes say nothing.
known AS (
    SELECT application
    FROM stored
    GROUP BY application
    HAVING bool_or(crash_pings > 0 AND array_position(groups, NULL) IS NULL)
),

-- Without the applications that tell no such hours, where the group has others.
told AS (
    SELECT stored.*, application = ANY (%(untold)s::text[]) IS TRUE AS is_untold
    FROM stored
    WHERE
        application = ANY (%(untold)s::text[]) IS NOT TRUE
        OR groups NOT IN (
            SELECT groups FROM stored WHERE application = ANY (%(untold)s::text[]) IS NOT TRUE
        )
),

sums AS (
    SELECT
        groups,
        bool_or(is_untold) AS is_untold,
        sum(ping_count)::bigint AS ping_count,
        -- Its own are known in any case.
        bool_or(
            EXISTS (SELECT FROM known WHERE known.application IS NOT DISTINCT FROM told.application)
        )
        OR sum(crash_pings) > 0 AS knows_crash_pings,
        -- Else there are late pings alone; days that are submission dates are among them.
        bool_and({is_asked}) AS is_asked,
        bool_and(
            {is_asked} AND day IN (SELECT submission_date FROM crash_aggregates_runs)
        ) AS is_stored,
        {sums_of_days}
    FROM told
    LEFT JOIN crash_current_variation AS variation
        ON variation.application = coalesce(told.application, 'unknown')
        AND variation.channel = told.channel
    GROUP BY groups
)

SELECT
    groups,
    ping_count,
    CASE WHEN NOT is_untold THEN usage_hours END AS usage_hours,
    min_usage_hours,
    kind,
    whole_crashes AS crashes,
    per_1000_hours,
    lower_limit AS lower,
    upper_limit AS upper,
    burst_factor,
    log_sd,
    {hours_note} AS note
FROM sums
CROSS JOIN coalesce(
    %(min_usage_hours)s::double precision, crash_min_usage_hours()
) AS min_usage_hours
CROSS JOIN LATERAL {kinds}
CROSS JOIN LATERAL {rate_of_dates}
ORDER BY usage_hours DESC NULLS LAST, {order}groups, place
