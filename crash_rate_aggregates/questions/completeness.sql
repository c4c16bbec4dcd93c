-- How complete each activity date is so far
-- Pings of an activity date come in over 8 submission dates. For each activity date and channel of an
-- application: how many of these are stored, the usage hours and main crash pings so far, and which
-- share of all had come in by then, on average, of the 56 activity dates before that are complete.
WITH cells AS (
    SELECT
        channel,
        activity_date,
        submission_date - activity_date AS days_late,
        usage_seconds,
        main_crashes
    FROM crash_aggregates_by_channel
    WHERE
        application = %(application)s::text
        AND channel = ANY (%(channels)s::text[])
        AND activity_date BETWEEN %(first_date)s::date - 63 AND %(last_date)s::date
        AND submission_date BETWEEN %(first_date)s::date - 63 AND %(last_date)s::date + 7
),

stored AS (
    SELECT
        day::date AS activity_date,
        array_agg(run.submission_date - day::date) AS days_late
    FROM generate_series(%(first_date)s::date - 63, %(last_date)s::date, INTERVAL '1 day') AS day
    JOIN crash_aggregates_current_runs AS run
        ON run.submission_date BETWEEN day::date AND day::date + 7
    GROUP BY day
),

-- Over the complete activity dates: the share of each day of lateness.
shares AS (
    SELECT
        channel,
        days_late,
        sum(usage_seconds) / nullif(sum(sum(usage_seconds)) OVER of_channel, 0) AS usage_share,
        sum(main_crashes) / nullif(sum(sum(main_crashes)) OVER of_channel, 0) AS crash_share
    FROM cells
    JOIN (
        SELECT activity_date
        FROM stored
        WHERE cardinality(days_late) = 8
        ORDER BY activity_date DESC
        LIMIT 56
    ) AS complete USING (activity_date)
    GROUP BY channel, days_late
    WINDOW of_channel AS (PARTITION BY channel)
),

so_far AS (
    SELECT
        channel,
        activity_date,
        sum(usage_seconds)::double precision / 3600 AS usage_hours,
        sum(main_crashes)::bigint AS main_crashes
    FROM cells
    GROUP BY channel, activity_date
)

SELECT
    so_far.activity_date,
    so_far.channel,
    cardinality(stored.days_late) AS submission_dates_stored,
    so_far.usage_hours,
    so_far.main_crashes,
    sum(shares.usage_share)::double precision AS usage_share,
    sum(shares.crash_share)::double precision AS main_crash_share
FROM so_far
JOIN stored USING (activity_date)
LEFT JOIN shares ON shares.channel = so_far.channel AND shares.days_late = ANY (stored.days_late)
WHERE so_far.activity_date BETWEEN %(first_date)s::date AND %(last_date)s::date
GROUP BY
    so_far.activity_date, so_far.channel, stored.days_late, so_far.usage_hours, so_far.main_crashes
ORDER BY so_far.activity_date, so_far.channel
