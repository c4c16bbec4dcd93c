-- Redash draws bars of one length to both sides, so a point is the middle of the interval.
SELECT
    build_id,
    usage_hours,
    main_rate,
    (main_lower + main_upper) / 2 AS main_middle,
    (main_upper - main_lower) / 2 AS main_half_width,
    m_c_s_rate,
    (m_c_s_lower + m_c_s_upper) / 2 AS m_c_s_middle,
    (m_c_s_upper - m_c_s_lower) / 2 AS m_c_s_half_width
FROM question
ORDER BY build_id
