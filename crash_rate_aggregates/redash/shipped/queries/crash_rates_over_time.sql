-- Every day of every channel has a row, so that lines break where there is no value. A bar reaches to
-- the limit of the interval that is farther from the rate.
SELECT
    day::date AS activity_date,
    channels.channel,
    usage_hours,
    main_rate,
    greatest(main_upper - main_rate, main_rate - main_lower) AS main_error,
    content_rate,
    greatest(content_upper - content_rate, content_rate - content_lower) AS content_error,
    m_c_s_rate,
    greatest(m_c_s_upper - m_c_s_rate, m_c_s_rate - m_c_s_lower) AS m_c_s_error
FROM (SELECT min(activity_date) AS first, max(activity_date) AS last FROM question) AS bounds
CROSS JOIN LATERAL generate_series(first, last, INTERVAL '1 day') AS day
CROSS JOIN (SELECT DISTINCT channel FROM question) AS channels
LEFT JOIN question ON activity_date = day AND question.channel = channels.channel
ORDER BY day, channels.channel
