-- Channels
-- The channels that a question can be asked for, most usage hours in the last 28 days first.
SELECT channel AS value, channel AS name
FROM crash_aggregates_by_channel
WHERE
    channel IS NOT NULL
    AND submission_date > (SELECT max(submission_date) FROM crash_aggregates_by_channel) - 28
GROUP BY channel
ORDER BY sum(usage_hours) DESC, channel
