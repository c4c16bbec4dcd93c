-- Crash rates over time
-- Crashes per 1,000 usage hours of an application by activity date and channel, with 95% intervals.
-- Empty where there are fewer usage hours than min_usage_hours. The last days are incomplete: see
-- completeness.
SELECT
    activity_date,
    channel,
    max(usage_hours) AS usage_hours,
    min_usage_hours,
    max(per_1000_hours) FILTER (WHERE kind = 'main') AS main_rate,
    max(lower_limit) FILTER (WHERE kind = 'main') AS main_lower,
    max(upper_limit) FILTER (WHERE kind = 'main') AS main_upper,
    max(per_1000_hours) FILTER (WHERE kind = 'content') AS content_rate,
    max(lower_limit) FILTER (WHERE kind = 'content') AS content_lower,
    max(upper_limit) FILTER (WHERE kind = 'content') AS content_upper,
    max(per_1000_hours) FILTER (WHERE kind = 'main_and_content_minus_shutdown') AS m_c_s_rate,
    max(lower_limit) FILTER (WHERE kind = 'main_and_content_minus_shutdown') AS m_c_s_lower,
    max(upper_limit) FILTER (WHERE kind = 'main_and_content_minus_shutdown') AS m_c_s_upper
FROM crash_rates_by_day
WHERE
    activity_date BETWEEN %(first_date)s::date AND %(last_date)s::date
    AND application = %(application)s::text
    AND channel = ANY (%(channels)s::text[])
GROUP BY activity_date, channel, min_usage_hours
ORDER BY activity_date, channel
