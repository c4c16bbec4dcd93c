-- Crash rates over time
-- Crashes per 1,000 usage hours of an application by activity date and channel, with 95% intervals.
-- Empty where there are fewer usage hours than min_usage_hours. The last days are incomplete: see
-- completeness.
SELECT
    activity_date,
    channel,
    usage_hours,
    min_usage_hours,
    {rates_in_columns}
FROM crash_rates_by_day
WHERE
    activity_date BETWEEN %(first_date)s::date AND %(last_date)s::date
    AND application = %(application)s::text
    AND channel = ANY (%(channels)s::text[])
    AND kind IN ({headlines})
GROUP BY activity_date, channel, usage_hours, min_usage_hours
ORDER BY activity_date, channel
