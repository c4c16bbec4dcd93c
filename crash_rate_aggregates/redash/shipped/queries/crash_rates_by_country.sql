-- The twenty countries with the most usage hours.
SELECT
    coalesce(question.country, '(none)') AS country,
    coalesce(question.architecture, '(none)') AS architecture,
    question.usage_hours,
    question.per_1000_hours AS main_rate,
    crash_error_bar(
        question.per_1000_hours, question.lower_limit, question.upper_limit
    ) AS main_error
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
