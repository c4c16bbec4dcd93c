-- Crash rates by version and age of the build
-- Crashes per 1,000 usage hours of an application's channel by version and days since the date of
-- the build id, so that versions compare at equal age. Dates are activity dates. Builds older than 83
-- days are left out. The dispersion of an age is that of the 28 ages up to it.
WITH ages AS (
    SELECT
        build_version,
        build_age,
        {sums}
    FROM crash_aggregates_by_build
    WHERE
        application = %(application)s::text
        AND channel = %(channel)s::text
        AND build_id IS NOT NULL
        AND activity_date BETWEEN %(first_date)s::date AND %(last_date)s::date
    GROUP BY build_version, build_age
),

sums AS (
    SELECT
        ages.*,
        crash_pings_known(
            %(application)s::text,
            'build_version',
            %(first_date)s::date,
            %(last_date)s::date + 7
        ) AS knows_crash_pings,
        {sums_of_recent_days}
    FROM ages
    WINDOW recent AS (
        PARTITION BY build_version ORDER BY build_age RANGE BETWEEN 27 PRECEDING AND CURRENT ROW
    )
)

SELECT
    build_version,
    build_age,
    usage_hours,
    min_usage_hours,
    {rates_in_columns}
FROM sums
CROSS JOIN crash_min_usage_hours() AS min_usage_hours
CROSS JOIN LATERAL {dispersed_kinds}
CROSS JOIN LATERAL {rate}
CROSS JOIN LATERAL {note} AS note
WHERE kind IN ({headlines})
GROUP BY build_version, build_age, usage_hours, min_usage_hours
ORDER BY crash_version_order(build_version), build_version, build_age
