-- Of one kind, which holds all crashes; by submission date, on which clients are distinct. Groups of few
-- people are left out, as what is said of them is for all to read.
SELECT
    label,
    submission_date - first_day AS age,
    os_name,
    sum(active_clients)::double precision AS active,
    sum(crashed_clients)::double precision AS crashed
FROM crash_aggregates_clients
JOIN unnest(%(labels)s::text[], %(first_days)s::date[], %(last_days)s::date[])
    AS wanted (label, first_day, last_day) USING (label)
WHERE
    level = 'label_os'
    AND kind = 'any'
    AND active_clients >= (SELECT crash_min_clients())
    AND application = %(application)s
    AND channel = %(channel)s
    AND submission_date BETWEEN wanted.first_day AND wanted.last_day
    AND submission_date BETWEEN %(since)s AND %(last)s
GROUP BY 1, 2, 3
