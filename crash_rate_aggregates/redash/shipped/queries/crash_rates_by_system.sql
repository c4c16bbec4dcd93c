-- Redash draws bars of one length to both sides, so a point is the middle of the interval.
SELECT
    concat_ws(' ', coalesce(os_name, '(none)'), os_version) AS system,
    usage_hours,
    max(per_1000_hours) FILTER (WHERE kind = 'main') AS main_rate,
    max(lower_limit) FILTER (WHERE kind = 'main') AS main_lower,
    max(upper_limit) FILTER (WHERE kind = 'main') AS main_upper,
    max((lower_limit + upper_limit) / 2) FILTER (WHERE kind = 'main') AS main_middle,
    max((upper_limit - lower_limit) / 2) FILTER (WHERE kind = 'main') AS main_half_width,
    max(per_1000_hours) FILTER (WHERE kind = 'content') AS content_rate,
    max(per_1000_hours) FILTER (WHERE kind = 'main_and_content_minus_shutdown') AS m_c_s_rate
FROM question
GROUP BY os_name, os_version, usage_hours
ORDER BY usage_hours DESC, system
LIMIT 30
