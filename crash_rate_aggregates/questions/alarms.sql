-- Alarms: a channel's rate far above, or its hours far below, what was to be expected
-- Every alarm that was lit on an assessed submission date of the range: since which activity date, until
-- when, how large it was at its largest, and in the words of its last evening. New releases have verdicts.
SELECT
    alarm_id,
    channel,
    kind,
    begun,
    min(submission_date) AS first_evening,
    max(submission_date) AS last_evening,
    (array_agg(state ORDER BY submission_date DESC))[1] AS state,
    CASE WHEN measure = 'rate' THEN max(ratio) ELSE min(ratio) END AS greatest_ratio,
    (array_agg(words ORDER BY submission_date DESC))[1] AS alarm,
    (array_agg(machines ORDER BY submission_date DESC))[1] AS machines
FROM crash_alarms
JOIN crash_current_assessments USING (assessment_id)
WHERE
    application = %(application)s::text
    AND channel = ANY (%(channels)s::text[])
    AND submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
GROUP BY alarm_id, channel, kind, measure, begun
ORDER BY begun DESC, array_position(%(channels)s::text[], channel), kind
