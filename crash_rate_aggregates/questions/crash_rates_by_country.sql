-- Crash rates by country and architecture
-- Crashes per 1,000 usage hours of an application's channel, with 95% intervals, most usage hours
-- first. Dates are submission dates.
WITH sums AS (
    SELECT
        country,
        architecture,
        count(*) FILTER (WHERE usage_hours > 0) AS days,
        sum(usage_hours) AS usage_hours,
        sum(main_crashes) AS main_crashes,
        sum(main_crashes_sent_twice) AS main_crashes_sent_twice,
        sum(content_crashes) AS content_crashes,
        sum(content_shutdown_crashes) AS content_shutdown_crashes,
        sum(main ^ 2 / nullif(usage_hours, 0)) AS main_squares,
        sum(content_crashes ^ 2 / nullif(usage_hours, 0)) AS content_squares,
        sum(main_and_content_minus_shutdown ^ 2 / nullif(usage_hours, 0)) AS m_c_s_squares
    FROM crash_counts_by_country
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
    crashes,
    usage_hours,
    crash_min_usage_hours() AS min_usage_hours,
    per_1000_hours,
    lower_limit,
    upper_limit,
    dispersion
FROM sums
CROSS JOIN LATERAL crash_rates_of_sums(
    days,
    usage_hours,
    main_crashes,
    main_crashes_sent_twice,
    content_crashes,
    content_shutdown_crashes,
    main_squares,
    content_squares,
    m_c_s_squares
) AS rates
ORDER BY usage_hours DESC, country, architecture, place
