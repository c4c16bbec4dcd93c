-- The six versions with the most usage hours; every age has a row, so that lines break where there is
-- no value.
-- Redash draws bars of one length to both sides, so a point is the middle of the interval.
SELECT
    age AS build_age,
    versions.build_version,
    usage_hours,
    main_rate,
    (main_lower + main_upper) / 2 AS main_middle,
    (main_upper - main_lower) / 2 AS main_half_width,
    m_c_s_rate,
    (m_c_s_lower + m_c_s_upper) / 2 AS m_c_s_middle,
    (m_c_s_upper - m_c_s_lower) / 2 AS m_c_s_half_width
FROM (
    SELECT build_version, min(build_age) AS first, max(build_age) AS last
    FROM question
    GROUP BY build_version
    ORDER BY sum(usage_hours) DESC
    LIMIT 6
) AS versions
CROSS JOIN LATERAL generate_series(first, last) AS age
LEFT JOIN question
    ON question.build_version = versions.build_version AND question.build_age = age
ORDER BY age, versions.build_version
