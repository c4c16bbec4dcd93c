-- The twenty countries with the most usage hours.
-- Redash draws bars of one length to both sides, so a point is the middle of the interval.
SELECT
    coalesce(question.country, '(none)') AS country,
    coalesce(question.architecture, '(none)') AS architecture,
    question.usage_hours,
    question.per_1000_hours AS main_rate,
    (question.lower_limit + question.upper_limit) / 2 AS main_middle,
    (question.upper_limit - question.lower_limit) / 2 AS main_half_width
FROM (
    SELECT country, sum(usage_hours) AS usage_hours
    FROM question
    WHERE kind = 'main'
    GROUP BY country
    ORDER BY usage_hours DESC
    LIMIT 20
) AS countries
JOIN question ON question.country IS NOT DISTINCT FROM countries.country
WHERE question.kind = 'main'
ORDER BY countries.usage_hours DESC, countries.country, question.usage_hours DESC
