-- Alert: a crash rate is far above its own recent past
-- Compares the crash rate of the last activity date but one, when most pings have come in, with that
-- of the 28 days before it, by application, channel and kind. Far above is: over 1.2 times as high,
-- and by more than 4 standard errors, day-to-day dispersion included. One row; above 0 something is
-- wrong. It says 0 while days that an older version stored are still to be summed up.
WITH days AS (
    SELECT
        activity_date,
        application,
        channel,
        {sums}
    FROM crash_aggregates_by_channel
    WHERE
        channel IS NOT NULL
        AND NOT EXISTS (SELECT FROM crash_aggregates_days_to_sum_up)
        AND activity_date BETWEEN
        (SELECT max(submission_date) - 29 FROM crash_aggregates_by_channel)
        AND (SELECT max(submission_date) - 1 FROM crash_aggregates_by_channel)
    GROUP BY activity_date, application, channel
),

last_day AS (
    SELECT max(activity_date) AS activity_date FROM days
),

newest AS (
    SELECT application, channel, kind, usage_hours, crashes
    FROM days
    JOIN last_day USING (activity_date)
    CROSS JOIN LATERAL (
        SELECT crash_pings_known(application, NULL, activity_date, activity_date + 7)
    ) AS known (knows_crash_pings)
    CROSS JOIN LATERAL {kinds}
    WHERE kind IN ({headlines}) AND usage_hours >= crash_min_usage_hours()
),

past_sums AS (
    SELECT
        application,
        channel,
        -- An alert speaks of what is there.
        true AS knows_crash_pings,
        {sums_of_days}
    FROM days
    WHERE activity_date < (SELECT activity_date FROM last_day)
    GROUP BY application, channel
),

past AS (
    SELECT application, channel, kind, usage_hours, crashes, dispersion
    FROM past_sums
    CROSS JOIN LATERAL {dispersed_kinds}
    WHERE usage_hours > 0 AND days >= 7
),

scored AS (
    SELECT
        application,
        channel,
        kind,
        1000 * newest.crashes / newest.usage_hours AS rate,
        1000 * past.crashes / past.usage_hours AS past_rate,
        (newest.crashes / newest.usage_hours - past.crashes / past.usage_hours)
        -- As if there had been one crash where there was none: the first ones count too.
        / sqrt(
            coalesce(past.dispersion, 1) * greatest(past.crashes, 1) / past.usage_hours
            * (1 / newest.usage_hours + 1 / past.usage_hours)
        ) AS standard_errors
    FROM newest
    JOIN past USING (application, channel, kind)
),

far_above AS (
    SELECT *
    FROM scored
    WHERE rate > 1.2 * past_rate AND standard_errors > 4
)

SELECT
    count(*) AS rates_far_above,
    (SELECT activity_date FROM last_day) AS activity_date,
    coalesce(
        string_agg(
            concat_ws(' ', application, channel, kind) || ': ' || round(rate::numeric, 2)
            || ' instead of ' || round(past_rate::numeric, 2) || ' per 1,000 hours',
            '; ' ORDER BY standard_errors DESC
        ),
        'none'
    ) AS which
FROM far_above
