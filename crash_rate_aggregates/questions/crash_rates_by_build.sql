-- Crash rates by build id
-- Crashes per 1,000 usage hours of the builds of an application's channel, in the 28 days after each
-- was built, with 95% intervals. Dates are those of the build ids.
WITH days AS (
    SELECT
        build_id,
        activity_date,
        sum(usage_hours) AS usage_hours,
        sum(main_crashes)::double precision AS main_crashes,
        sum(main_crashes_sent_twice)::double precision AS main_crashes_sent_twice,
        sum(content_crashes)::double precision AS content_crashes,
        sum(content_shutdown_crashes)::double precision AS content_shutdown_crashes,
        sum(main) AS main,
        sum(main_and_content_minus_shutdown) AS main_and_content_minus_shutdown
    FROM crash_counts_by_build
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
        count(*) FILTER (WHERE usage_hours > 0) AS days,
        sum(usage_hours) AS usage_hours,
        sum(main_crashes) AS main_crashes,
        sum(main_crashes_sent_twice) AS main_crashes_sent_twice,
        sum(content_crashes) AS content_crashes,
        sum(content_shutdown_crashes) AS content_shutdown_crashes,
        sum(main ^ 2 / nullif(usage_hours, 0)) AS main_squares,
        sum(content_crashes ^ 2 / nullif(usage_hours, 0)) AS content_squares,
        sum(main_and_content_minus_shutdown ^ 2 / nullif(usage_hours, 0)) AS m_c_s_squares
    FROM days
    GROUP BY build_id
)

SELECT
    build_id,
    crash_build_date(build_id) AS build_date,
    usage_hours,
    crash_min_usage_hours() AS min_usage_hours,
    max(per_1000_hours) FILTER (WHERE kind = 'main') AS main_rate,
    max(lower_limit) FILTER (WHERE kind = 'main') AS main_lower,
    max(upper_limit) FILTER (WHERE kind = 'main') AS main_upper,
    max(per_1000_hours) FILTER (WHERE kind = 'content') AS content_rate,
    max(lower_limit) FILTER (WHERE kind = 'content') AS content_lower,
    max(upper_limit) FILTER (WHERE kind = 'content') AS content_upper,
    max(per_1000_hours) FILTER (WHERE kind = 'main_and_content_minus_shutdown') AS m_c_s_rate,
    max(lower_limit) FILTER (WHERE kind = 'main_and_content_minus_shutdown') AS m_c_s_lower,
    max(upper_limit) FILTER (WHERE kind = 'main_and_content_minus_shutdown') AS m_c_s_upper
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
GROUP BY build_id, usage_hours
ORDER BY build_id
