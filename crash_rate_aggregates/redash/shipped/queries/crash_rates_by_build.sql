SELECT
    build_id,
    usage_hours,
    main_rate,
    crash_error_bar(main_rate, main_lower, main_upper) AS main_error,
    m_c_s_rate,
    crash_error_bar(m_c_s_rate, m_c_s_lower, m_c_s_upper) AS m_c_s_error
FROM question
ORDER BY build_id
