-- One expression a dimension asked for. Rates come from sums: 1000 * crashes / hours.
-- A difference is no count, so it has a rate but no exact limits.
WITH sums AS (
    SELECT
        ARRAY[{groups}]::text[] AS groups,
        sum(ping_count)::bigint AS ping_count,
        sum(usage_seconds)::double precision / 3600 AS usage_hours,
        -- Half of those sent twice are copies; an odd one is a crash whose copy did not arrive.
        (sum(main_crashes) - div(sum(main_crashes_sent_twice), 2))::bigint AS main_crashes,
        sum(content_crashes)::bigint AS content_crashes,
        sum(content_shutdown_crashes)::bigint AS content_shutdown_crashes,
        sum(plugin_crashes)::bigint AS plugin_crashes,
        sum(gpu_crashes)::bigint AS gpu_crashes
    FROM crash_aggregates
    WHERE
        submission_date >= coalesce(%(min_submission_date)s::date, '-infinity')
        AND submission_date <= coalesce(%(max_submission_date)s::date, 'infinity')
    GROUP BY 1
)
SELECT
    sums.groups,
    sums.ping_count,
    sums.usage_hours,
    rate.name,
    rate.crashes,
    1000 * rate.crashes / hours.enough,
    1000 * crash_count_lower_limit(rate.counted) / hours.enough,
    1000 * crash_count_upper_limit(rate.counted) / hours.enough
FROM sums
CROSS JOIN LATERAL (
    SELECT CASE WHEN usage_hours > 0 AND usage_hours >= %(min_usage_hours)s THEN usage_hours END
) AS hours (enough)
CROSS JOIN LATERAL (
    VALUES
    (1, 'main', main_crashes, main_crashes),
    (2, 'content', content_crashes, content_crashes),
    (3, 'content_minus_shutdown', content_crashes - content_shutdown_crashes, NULL),
    (4, 'main_and_content_minus_shutdown', main_crashes + content_crashes - content_shutdown_crashes, NULL),
    (5, 'plugin', plugin_crashes, plugin_crashes),
    (6, 'gpu', gpu_crashes, gpu_crashes)
) AS rate (place, name, crashes, counted)
ORDER BY sums.usage_hours DESC, sums.groups, rate.place
