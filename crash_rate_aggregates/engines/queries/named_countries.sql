-- The countries with most hours keep their names in tables of few crashes; the rest are one.
CREATE TEMP {kept} named_countries AS
SELECT country
FROM winners
WHERE country IS NOT NULL
GROUP BY country
ORDER BY sum(usage_seconds) DESC, country
LIMIT {named_countries}
