SELECT
    process,
    crash_class,
    coalesce(sum(crashes - sent_twice / 2.0) FILTER (WHERE activity_date < %(first_day)s), 0)
        ::double precision AS before,
    coalesce(sum(crashes - sent_twice / 2.0) FILTER (WHERE activity_date >= %(first_day)s), 0)
        ::double precision AS now
FROM crash_aggregates_process_sums
WHERE
    application = %(application)s
    AND channel = %(channel)s
    AND source = 'crash ping'
    AND crash_class <> 'shutdown kill'
    AND activity_date BETWEEN %(before_first)s AND %(last)s
    AND submission_date BETWEEN %(before_first)s AND %(last)s
GROUP BY 1, 2
ORDER BY 1, 2
