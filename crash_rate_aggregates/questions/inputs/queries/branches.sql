-- Branches beside each other on the same days and in the same releases; those of few people are left out,
-- as for all readers.
SELECT
    experiment,
    branch,
    application,
    channel,
    label,
    submission_date,
    sum(usage_hours) AS hours,
    {kinds}
FROM crash_experiments
WHERE
    submission_date BETWEEN %(since)s AND %(last)s
    AND experiment <> 'other'
    AND channel IS NOT NULL
    AND usage_hours > 0
GROUP BY 1, 2, 3, 4, 5, 6
