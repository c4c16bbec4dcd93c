-- A bar reaches to the limit of the interval that is farther from the rate.
SELECT
    build_id,
    usage_hours,
    main_rate,
    greatest(main_upper - main_rate, main_rate - main_lower) AS main_error,
    m_c_s_rate,
    greatest(m_c_s_upper - m_c_s_rate, m_c_s_rate - m_c_s_lower) AS m_c_s_error
FROM question
ORDER BY build_id
