-- Every day of every channel has a row, so that lines break where there is no value.
SELECT
    day::date AS activity_date,
    channels.channel,
    usage_hours,
    main_rate,
    crash_error_bar(main_rate, main_lower, main_upper) AS main_error,
    content_rate,
    crash_error_bar(content_rate, content_lower, content_upper) AS content_error,
    m_c_s_rate,
    crash_error_bar(m_c_s_rate, m_c_s_lower, m_c_s_upper) AS m_c_s_error
FROM (SELECT min(activity_date) AS first, max(activity_date) AS last FROM question) AS bounds
CROSS JOIN LATERAL generate_series(first, last, INTERVAL '1 day') AS day
CROSS JOIN (SELECT DISTINCT channel FROM question) AS channels
LEFT JOIN question ON activity_date = day AND question.channel = channels.channel
ORDER BY day, channels.channel
