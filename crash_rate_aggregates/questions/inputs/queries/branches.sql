-- Branches beside each other on the same days and in the same releases: people were drawn by lot.
SELECT experiment, branch, application, channel, label, submission_date, usage_hours AS hours, {kinds}
FROM crash_aggregates_by_experiment
WHERE
    submission_date BETWEEN %(since)s AND %(last)s
    AND channel IS NOT NULL
    AND usage_seconds > 0
GROUP BY experiment, branch, application, channel, label, submission_date, usage_hours
