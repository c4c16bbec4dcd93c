-- Applications
-- The applications that a question can be asked for, most usage hours in the last 28 days first.
SELECT application AS value, application AS name
FROM crash_aggregates_by_channel
WHERE submission_date > (SELECT max(submission_date) FROM crash_aggregates_by_channel) - 28
GROUP BY application
ORDER BY sum(usage_hours) DESC, application
