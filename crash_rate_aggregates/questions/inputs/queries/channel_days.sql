-- Of applications that have a name of their own. Where a row did not count a kind, it is NULL.
SELECT
    days.application,
    days.channel,
    days.activity_date,
    days.submission_date - days.activity_date AS days_late,
    sum(days.usage_hours) AS hours,
    {all_kinds}
FROM crash_aggregates_by_channel AS days
JOIN crash_applications AS known ON known.name = days.application
WHERE
    days.submission_date BETWEEN %(first)s AND %(last)s
    AND days.activity_date >= %(first)s
    AND days.channel IS NOT NULL
    AND days.channel <> 'other'
GROUP BY 1, 2, 3, 4
