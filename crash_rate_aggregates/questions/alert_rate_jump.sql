-- Alert: a crash rate is far above its own recent past
-- Compares the crash rate of the last activity date but one, when most pings have come in, with that
-- of the 28 days before it, by application, channel and kind. Far above is: over 1.2 times as high,
-- and by more than 4 standard errors, day-to-day dispersion included. One row; above 0 something is
-- wrong. It says 0 while days that an older version stored are still to be summed up.
WITH sums AS (
    SELECT
        activity_date,
        application,
        channel,
        sum(usage_hours) AS usage_hours,
        sum(main_crashes) AS main_crashes,
        sum(main_crashes_sent_twice) AS main_crashes_sent_twice,
        sum(content_crashes) AS content_crashes,
        sum(content_shutdown_crashes) AS content_shutdown_crashes,
        sum(plugin_crashes) AS plugin_crashes,
        sum(gpu_crashes) AS gpu_crashes
    FROM crash_aggregates_by_channel
    WHERE
        channel IS NOT NULL
        AND NOT EXISTS (SELECT FROM crash_aggregates_days_to_sum_up)
        AND activity_date BETWEEN
        (SELECT max(submission_date) - 29 FROM crash_aggregates_by_channel)
        AND (SELECT max(submission_date) - 1 FROM crash_aggregates_by_channel)
    GROUP BY activity_date, application, channel
),

days AS (
    SELECT activity_date, application, channel, usage_hours, kinds.*
    FROM sums
    CROSS JOIN LATERAL crash_kinds(
        main_crashes, main_crashes_sent_twice, content_crashes, content_shutdown_crashes,
        plugin_crashes, gpu_crashes
    ) AS kinds
    WHERE kind IN ('main', 'content', 'main_and_content_minus_shutdown')
),

compared AS (
    SELECT
        application,
        channel,
        kind,
        sum(crashes) FILTER (WHERE is_last) AS crashes,
        sum(usage_hours) FILTER (WHERE is_last) AS usage_hours,
        sum(crashes) FILTER (WHERE NOT is_last) AS past_crashes,
        sum(variance) FILTER (WHERE NOT is_last) AS past_variance,
        sum(usage_hours) FILTER (WHERE NOT is_last) AS past_hours,
        count(*) FILTER (WHERE NOT is_last AND usage_hours > 0) AS past_days,
        crash_dispersion(
            count(*) FILTER (WHERE NOT is_last AND usage_hours > 0),
            sum(usage_hours) FILTER (WHERE NOT is_last),
            sum(crashes) FILTER (WHERE NOT is_last),
            sum(variance) FILTER (WHERE NOT is_last),
            sum(crashes * crashes / nullif(usage_hours, 0)) FILTER (WHERE NOT is_last)
        ) AS dispersion
    FROM (
        SELECT *, activity_date = max(activity_date) OVER () AS is_last FROM days
    ) AS marked
    GROUP BY application, channel, kind
),

scored AS (
    SELECT
        application,
        channel,
        kind,
        1000 * crashes / usage_hours AS rate,
        1000 * past_crashes / past_hours AS past_rate,
        (crashes / usage_hours - past_crashes / past_hours)
        -- As if there had been one crash where there was none: the first ones count too.
        / sqrt(
            coalesce(dispersion, 1) * greatest(past_variance, 1) / past_hours
            * (1 / usage_hours + 1 / past_hours)
        ) AS standard_errors
    FROM compared
    WHERE
        usage_hours >= crash_min_usage_hours()
        AND past_hours > 0
        AND past_days >= 7
),

far_above AS (
    SELECT *
    FROM scored
    WHERE rate > 1.2 * past_rate AND standard_errors > 4
)

SELECT
    count(*) AS rates_far_above,
    (SELECT max(activity_date) FROM days) AS activity_date,
    coalesce(
        string_agg(
            concat_ws(' ', application, channel, kind) || ': ' || round(rate::numeric, 2)
            || ' instead of ' || round(past_rate::numeric, 2) || ' per 1,000 hours',
            '; ' ORDER BY standard_errors DESC
        ),
        'none'
    ) AS which
FROM far_above
