-- Crash rates by version and age of the build
-- Crashes per 1,000 usage hours of an application's channel by version and days since the date of
-- the build id, so that versions compare at equal age. Dates are activity dates. Builds older than 83
-- days are left out. The dispersion of an age is that of the 28 ages up to it.
WITH ages AS (
    SELECT
        build_version,
        build_age,
        sum(main_crashes) AS main_crashes,
        sum(main_crashes_sent_twice) AS main_crashes_sent_twice,
        sum(content_crashes) AS content_crashes,
        sum(content_shutdown_crashes) AS content_shutdown_crashes,
        sum(plugin_crashes) AS plugin_crashes,
        sum(gpu_crashes) AS gpu_crashes,
        sum(usage_hours) AS usage_hours
    FROM crash_aggregates_by_build
    WHERE
        application = %(application)s::text
        AND channel = %(channel)s::text
        AND build_id IS NOT NULL
        AND activity_date BETWEEN %(first_date)s::date AND %(last_date)s::date
    GROUP BY build_version, build_age
),

dispersed AS (
    SELECT
        build_version,
        build_age,
        usage_hours,
        kinds.*,
        crash_dispersion(
            count(*) FILTER (WHERE usage_hours > 0) OVER recent,
            sum(usage_hours) OVER recent,
            sum(crashes) FILTER (WHERE usage_hours > 0) OVER recent,
            sum(variance) FILTER (WHERE usage_hours > 0) OVER recent,
            sum(crashes * crashes / nullif(usage_hours, 0)) OVER recent
        ) AS dispersion
    FROM ages
    CROSS JOIN LATERAL crash_kinds(
        main_crashes, main_crashes_sent_twice, content_crashes, content_shutdown_crashes,
        plugin_crashes, gpu_crashes
    ) AS kinds
    WHERE kind IN ('main', 'content', 'main_and_content_minus_shutdown')
    WINDOW recent AS (
        PARTITION BY build_version, kind ORDER BY build_age RANGE BETWEEN 27 PRECEDING AND CURRENT ROW
    )
)

SELECT
    build_version,
    build_age,
    max(usage_hours) AS usage_hours,
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
FROM dispersed
CROSS JOIN LATERAL crash_rate(
    is_count, crashes, variance, usage_hours, dispersion, crash_min_usage_hours()
) AS rate
GROUP BY build_version, build_age
ORDER BY build_version, build_age
