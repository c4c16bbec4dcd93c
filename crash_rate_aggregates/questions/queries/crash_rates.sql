-- One expression a dimension asked for. Rates come from sums: 1000 * crashes / hours. Days tell how
-- much the crashes of a group vary beyond chance.
WITH days AS (
    SELECT
        ARRAY[{groups}]::text[] AS groups,
        submission_date,
        sum(ping_count) AS ping_count,
        sum(usage_seconds) AS usage_seconds,
        sum(usage_seconds)::double precision / 3600 AS usage_hours,
        sum(main_crashes) AS main_crashes,
        sum(main_crashes_sent_twice) AS main_crashes_sent_twice,
        sum(content_crashes) AS content_crashes,
        sum(content_shutdown_crashes) AS content_shutdown_crashes,
        sum(plugin_crashes) AS plugin_crashes,
        sum(gpu_crashes) AS gpu_crashes
    FROM crash_aggregates
    WHERE
        submission_date >= coalesce(%(min_submission_date)s::date, '-infinity')
        AND submission_date <= coalesce(%(max_submission_date)s::date, 'infinity')
    GROUP BY groups, submission_date
),

sums AS (
    SELECT
        groups,
        place,
        kind,
        is_count,
        sum(ping_count)::bigint AS ping_count,
        sum(usage_seconds)::double precision / 3600 AS usage_hours,
        sum(crashes) AS crashes,
        sum(variance) AS variance,
        crash_dispersion(
            count(*) FILTER (WHERE usage_hours > 0),
            sum(usage_hours),
            sum(crashes),
            sum(variance),
            sum(crashes * crashes / nullif(usage_hours, 0))
        ) AS dispersion
    FROM days
    CROSS JOIN LATERAL crash_kinds(
        main_crashes, main_crashes_sent_twice, content_crashes, content_shutdown_crashes,
        plugin_crashes, gpu_crashes
    ) AS kinds
    GROUP BY groups, place, kind, is_count
)

SELECT
    groups,
    ping_count,
    usage_hours,
    min_usage_hours,
    kind,
    whole_crashes,
    per_1000_hours,
    lower_limit,
    upper_limit,
    dispersion
FROM sums
CROSS JOIN (
    SELECT coalesce(%(min_usage_hours)s::double precision, crash_min_usage_hours())
) AS threshold (min_usage_hours)
CROSS JOIN LATERAL crash_rate(
    is_count, crashes, variance, usage_hours, dispersion, min_usage_hours
) AS rate
ORDER BY usage_hours DESC, groups, place
