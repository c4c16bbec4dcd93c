SELECT
    crashed.process,
    crashed.crash_class,
    coalesce(sum(crashed.crashes - crashed.sent_twice / 2.0) FILTER (WHERE is_before), 0)
        ::double precision AS before,
    coalesce(sum(crashed.crashes - crashed.sent_twice / 2.0) FILTER (WHERE NOT is_before), 0)
        ::double precision AS now
FROM crash_aggregates_by_process AS crashed
LEFT JOIN crash_release_builds AS named
    ON named.application = crashed.application
    AND named.channel IS NOT DISTINCT FROM crashed.channel
    AND named.build_id = crashed.build_id
JOIN (
    VALUES
    (%(previous_label)s::text, %(previous_first)s::date, true),
    (%(label)s::text, %(first_day)s::date, false)
) AS side (label, first_day, is_before)
    ON side.label = coalesce(named.label, crashed.build_version)
    AND crashed.activity_date BETWEEN side.first_day AND side.first_day + %(ages)s::integer - 1
WHERE
    crashed.application = %(application)s
    AND crashed.channel = %(channel)s
    AND crashed.source = 'crash ping'
    AND crashed.crash_class <> 'shutdown kill'
    AND crashed.submission_date BETWEEN side.first_day AND side.first_day + %(elapsed)s::integer
    AND crashed.submission_date BETWEEN %(previous_first)s AND %(last)s
GROUP BY 1, 2
ORDER BY 1, 2
