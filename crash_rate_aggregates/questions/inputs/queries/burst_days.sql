SELECT submission_date, application, channel, kind, crashes, squares, active_clients
FROM crash_aggregates_clients
WHERE
    level = 'channel'
    AND channel IS NOT NULL
    AND submission_date BETWEEN %(since)s AND %(last)s
ORDER BY submission_date
