-- Crashes of kinds that crash pings alone tell, by the same strata. Those sent twice count half.
SELECT
    wanted.label,
    crashed.activity_date - wanted.first_day AS age,
    crashed.submission_date - crashed.activity_date AS days_late,
    crashed.os_name,
    crashed.architecture,
    crashed.country,
    crashed.process,
    crashed.crash_class,
    crashed.is_startup,
    sum(crashed.crashes - crashed.sent_twice / 2.0)::double precision AS crashes
FROM crash_aggregates_by_process AS crashed
LEFT JOIN crash_release_builds AS named
    ON named.application = crashed.application
    AND named.channel IS NOT DISTINCT FROM crashed.channel
    AND named.build_id = crashed.build_id
JOIN unnest(
    %(labels)s::text[], %(first_days)s::date[], %(last_days)s::date[]
) AS wanted (label, first_day, last_day)
    ON wanted.label = coalesce(named.label, crashed.build_version)
    AND crashed.activity_date BETWEEN wanted.first_day AND wanted.last_day
WHERE
    crashed.application = %(application)s
    AND crashed.channel = %(channel)s
    AND crashed.submission_date BETWEEN %(since)s AND %(last)s
    AND crashed.source = 'crash ping'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
