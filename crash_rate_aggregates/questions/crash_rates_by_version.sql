-- Crash rates by version and age of the build
-- Crashes per 1,000 usage hours of an application's channel by version and days since the date of
-- the build id, so that versions compare at equal age, with 95% intervals. Dates are activity dates. Builds
-- older than 83 days are left out, and so are activity dates whose own submission date is not stored; an age
-- that has no others has no rate.
WITH days AS (
    SELECT
        application,
        channel,
        build_version,
        build_age,
        activity_date,
        activity_date IN (SELECT submission_date FROM crash_aggregates_runs) AS is_stored,
        {sums}
    FROM crash_aggregates_by_build
    WHERE
        application = %(application)s::text
        AND channel = %(channel)s::text
        AND build_id IS NOT NULL
        AND activity_date BETWEEN %(first_date)s::date AND %(last_date)s::date
    GROUP BY application, channel, build_version, build_age, activity_date
),

sums AS (
    SELECT DISTINCT ON (build_version, build_age)
        build_version,
        build_age,
        is_stored,
        crash_pings_known(
            %(application)s::text,
            'build_version',
            %(first_date)s::date,
            %(last_date)s::date + 7
        ) AS knows_crash_pings,
        {sums_of_days}
    FROM days
    {variation}
    GROUP BY build_version, build_age, is_stored
    ORDER BY build_version, build_age, is_stored DESC
)

SELECT
    build_version,
    build_age,
    usage_hours,
    min_usage_hours,
    {rates_in_columns}
FROM sums
CROSS JOIN crash_min_usage_hours() AS min_usage_hours
CROSS JOIN LATERAL {kinds}
CROSS JOIN LATERAL {rate_of_dates}
CROSS JOIN LATERAL {note_of_dates} AS note
WHERE kind IN ({headlines})
GROUP BY build_version, build_age, usage_hours, min_usage_hours
ORDER BY crash_version_order(build_version), build_version, build_age
