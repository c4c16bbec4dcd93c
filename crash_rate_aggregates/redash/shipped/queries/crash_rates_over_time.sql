-- Every day of every channel has a row, so that lines break where there is no value.
-- Redash draws bars of one length to both sides, so a point is the middle of the interval.
SELECT
    day::date AS activity_date,
    channels.channel,
    usage_hours,
    main_rate,
    (main_lower + main_upper) / 2 AS main_middle,
    (main_upper - main_lower) / 2 AS main_half_width,
    content_rate,
    (content_lower + content_upper) / 2 AS content_middle,
    (content_upper - content_lower) / 2 AS content_half_width,
    m_c_s_rate,
    (m_c_s_lower + m_c_s_upper) / 2 AS m_c_s_middle,
    (m_c_s_upper - m_c_s_lower) / 2 AS m_c_s_half_width
FROM (SELECT min(activity_date) AS first, max(activity_date) AS last FROM question) AS bounds
CROSS JOIN LATERAL generate_series(first, last, INTERVAL '1 day') AS day
CROSS JOIN (SELECT DISTINCT channel FROM question) AS channels
LEFT JOIN question ON activity_date = day AND question.channel = channels.channel
ORDER BY day, channels.channel
