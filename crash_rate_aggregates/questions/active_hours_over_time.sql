-- Active hours over time
-- Usage hours and active hours of an application by activity date and channel, which share is active, and
-- main process crashes per 1,000 active hours with 95% intervals: on Windows usage hours include sleep,
-- active hours are the same on every system. Empty where a run did not count them, no ping tells them or the
-- submission date of the same day is not stored.
WITH known AS (
    SELECT
        coalesce(bool_or(carried.pings > 0), true) AS knows_ticks,
        crash_pings_known(
            %(application)s::text, NULL, %(first_date)s::date, %(last_date)s::date + 7
        ) AS knows_crash_pings
    FROM crash_aggregates_current_runs AS run
    JOIN crash_aggregates_carried AS carried USING (run_id)
    WHERE
        run.submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date + 7
        AND carried.application = %(application)s::text
        AND carried.doc_type <> 'crash'
        AND carried.dimension = 'active ticks'
),

days AS (
    SELECT
        activity_date,
        application,
        channel,
        activity_date IN (SELECT submission_date FROM crash_aggregates_runs) AS is_stored,
        sum(usage_seconds)::double precision / 3600 AS all_hours,
        CASE
            WHEN bool_and(active_seconds IS NOT NULL)
            THEN sum(active_seconds)::double precision / 3600
        END AS active_hours,
        crash_main(sum(main_crashes), sum(main_crashes_sent_twice)) AS main_crashes
    FROM crash_aggregates_by_channel
    WHERE
        application = %(application)s::text
        AND channel = ANY (%(channels)s::text[])
        AND activity_date BETWEEN %(first_date)s::date AND %(last_date)s::date
    GROUP BY activity_date, application, channel
)

SELECT
    activity_date,
    channel,
    all_hours AS usage_hours,
    CASE WHEN knows_ticks THEN active_hours END AS active_hours,
    CASE WHEN knows_ticks THEN active_hours / nullif(all_hours, 0) END AS active_share,
    whole_crashes AS main_crashes,
    rate.per_1000_hours AS main_per_1000_active_hours,
    rate.lower_limit AS main_lower,
    rate.upper_limit AS main_upper,
    CASE
        WHEN NOT knows_ticks THEN 'no active ticks'
        WHEN active_hours IS NULL THEN 'active hours not counted: fill the days again'
        WHEN NOT knows_crash_pings THEN 'no crash pings'
        WHEN NOT is_stored THEN 'its submission date is not stored'
        WHEN active_hours < min_hours THEN 'few active hours'
    END AS note
FROM days
{variation}
CROSS JOIN known
CROSS JOIN crash_min_usage_hours() AS min_hours
CROSS JOIN LATERAL crash_rate(
    crashes => CASE WHEN knows_crash_pings THEN main_crashes END,
    usage_hours => CASE WHEN knows_ticks THEN active_hours END,
    burst_factor => main_burst_factor,
    log_sd => main_day_sd,
    min_usage_hours => min_hours,
    is_stored => is_stored
) AS rate
ORDER BY activity_date, channel
