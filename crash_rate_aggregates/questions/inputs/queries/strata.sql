-- The releases that are wanted, each from its first day on, by age and stratum.
SELECT
    wanted.label,
    strata.activity_date - wanted.first_day AS age,
    strata.submission_date - strata.activity_date AS days_late,
    strata.os_name,
    strata.architecture,
    strata.country,
    sum(strata.usage_hours) AS hours,
    {kinds}
FROM crash_aggregates_by_stratum AS strata
LEFT JOIN crash_release_builds AS named
    ON named.application = strata.application
    AND named.channel IS NOT DISTINCT FROM strata.channel
    AND named.build_id = strata.build_id
JOIN unnest(
    %(labels)s::text[], %(first_days)s::date[], %(last_days)s::date[]
) AS wanted (label, first_day, last_day)
    ON wanted.label = coalesce(named.label, strata.build_version)
    AND strata.activity_date BETWEEN wanted.first_day AND wanted.last_day
WHERE
    strata.application = %(application)s
    AND strata.channel = %(channel)s
    AND strata.submission_date BETWEEN %(since)s AND %(last)s
GROUP BY 1, 2, 3, 4, 5, 6
