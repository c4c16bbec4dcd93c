-- Crash rates by country and architecture
-- Crashes per 1,000 usage hours of an application's channel, with 95% intervals, most usage hours
-- first. Dates are submission dates.
WITH sums AS (
    SELECT
        country,
        architecture,
        -- The first is enough: who sends the one sends the other.
        crash_pings_known(
            %(application)s::text, 'country', %(first_date)s::date, %(last_date)s::date
        ) AS knows_crash_pings,
        {sums_of_days}
    FROM crash_aggregates_by_country
    {variation}
    WHERE
        application = %(application)s::text
        AND channel = %(channel)s::text
        AND submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
    GROUP BY country, architecture
)

SELECT
    country,
    architecture,
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
ORDER BY usage_hours DESC, country, architecture, place
