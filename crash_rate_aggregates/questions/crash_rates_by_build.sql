-- Crash rates by build id
-- Crashes per 1,000 usage hours of the builds of an application's channel, in the 28 days after each
-- was built, with 95% intervals. Dates are those of the build ids.
WITH days AS (
    SELECT
        build_id,
        activity_date,
        {sums}
    FROM crash_aggregates_by_build
    WHERE
        application = %(application)s::text
        AND channel = %(channel)s::text
        AND build_id >= to_char(%(first_date)s::date, 'YYYYMMDD')
        AND build_id < to_char(%(last_date)s::date + 1, 'YYYYMMDD')
        AND build_age < 28
    GROUP BY build_id, activity_date
),

sums AS (
    SELECT
        build_id,
        crash_pings_known(
            %(application)s::text, NULL, %(first_date)s::date, %(last_date)s::date + 35
        ) AS knows_crash_pings,
        {sums_of_days}
    FROM days
    GROUP BY build_id
)

SELECT
    build_id,
    crash_build_date(build_id) AS build_date,
    usage_hours,
    min_usage_hours,
    {rates_in_columns}
FROM sums
CROSS JOIN crash_min_usage_hours() AS min_usage_hours
CROSS JOIN LATERAL {dispersed_kinds}
CROSS JOIN LATERAL {rate}
CROSS JOIN LATERAL {note} AS note
WHERE kind IN ({headlines})
GROUP BY build_id, usage_hours, min_usage_hours
ORDER BY build_id
