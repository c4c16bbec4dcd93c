SELECT *
FROM crash_aggregates_clients
WHERE
    level = 'channel'
    AND application = %(application)s
    AND channel = %(channel)s
    AND kind = %(kind)s
    AND submission_date BETWEEN %(first_day)s AND %(last_day)s
    AND active_clients > 0
ORDER BY submission_date
