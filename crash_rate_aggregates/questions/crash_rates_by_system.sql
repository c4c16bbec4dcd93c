-- Crash rates by operating system and its version
-- Crashes per 1,000 usage hours of an application's channel, by the first two numbers of the system's
-- version, with 95% intervals. Dates are submission dates. Usage hours include sleep on Windows only,
-- so rates do not compare across operating systems.
WITH sums AS (
    SELECT
        os_name,
        os_version,
        -- The first is enough: who sends the one sends the other.
        crash_pings_known(
            %(application)s::text, 'os_name', %(first_date)s::date, %(last_date)s::date
        ) AS knows_crash_pings,
        {sums_of_days}
    FROM crash_aggregates_by_system
    {variation}
    WHERE
        application = %(application)s::text
        AND channel = %(channel)s::text
        AND submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
    GROUP BY os_name, os_version
)

SELECT
    os_name,
    os_version,
    kind,
    whole_crashes AS crashes,
    usage_hours,
    min_usage_hours,
    per_1000_hours,
    lower_limit,
    upper_limit,
    burst_factor,
    log_sd,
    {note} AS note
FROM sums
CROSS JOIN crash_min_usage_hours() AS min_usage_hours
CROSS JOIN LATERAL {kinds}
CROSS JOIN LATERAL {rate}
WHERE kind IN ({headlines})
ORDER BY usage_hours DESC, os_name, os_version, place
