-- Crash rates by build id
-- Crashes per 1,000 usage hours of the builds of an application's channel, in the 28 days after each
-- was built, with 95% intervals. Dates are those of the build ids. Activity dates whose own submission date
-- is not stored are left out; a build that has no others has no rate.
WITH days AS (
    SELECT
        application,
        channel,
        build_id,
        activity_date,
        activity_date IN (SELECT submission_date FROM crash_aggregates_runs) AS is_stored,
        {sums}
    FROM crash_aggregates_by_build
    WHERE
        application = %(application)s::text
        AND channel = %(channel)s::text
        AND build_id >= to_char(%(first_date)s::date, 'YYYYMMDD')
        AND build_id < to_char(%(last_date)s::date + 1, 'YYYYMMDD')
        AND build_age < 28
    GROUP BY application, channel, build_id, activity_date
),

sums AS (
    SELECT DISTINCT ON (build_id)
        build_id,
        is_stored,
        crash_pings_known(
            %(application)s::text, NULL, %(first_date)s::date, %(last_date)s::date + 35
        ) AS knows_crash_pings,
        {sums_of_days}
    FROM days
    {variation}
    GROUP BY build_id, is_stored
    ORDER BY build_id, is_stored DESC
)

SELECT
    build_id,
    crash_build_date(build_id) AS build_date,
    usage_hours,
    min_usage_hours,
    {rates_in_columns}
FROM sums
CROSS JOIN crash_min_usage_hours() AS min_usage_hours
CROSS JOIN LATERAL {kinds}
CROSS JOIN LATERAL {rate_of_dates}
CROSS JOIN LATERAL {note_of_dates} AS note
WHERE kind IN ({headlines})
GROUP BY build_id, usage_hours, min_usage_hours
ORDER BY build_id
