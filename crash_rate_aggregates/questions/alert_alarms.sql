-- Alert: a release is worse, or a channel's crashes or hours are out of the ordinary
-- What the assessment of the newest submission date says: alarms that are lit, and releases whose verdict is
-- worse. Those that somebody acknowledged are left out until they end or worsen. One row; above 0 something
-- is wrong.
WITH newest AS (
    SELECT assessment_id, submission_date
    FROM crash_current_assessments
    ORDER BY submission_date DESC
    LIMIT 1
),

said AS (
    SELECT alarm_id, ratio, begun AS since, words
    FROM crash_alarms
    JOIN newest USING (assessment_id)
    WHERE state IN ('begun', 'lit')
    UNION ALL
    SELECT
        crash_alarm_id(application, channel, VARIADIC ARRAY[label, kind]),
        ratio,
        coalesce(since, first_day),
        words
    FROM crash_verdicts
    JOIN newest USING (assessment_id)
    WHERE state = 'worse' AND is_decisive
),

unknown AS (
    SELECT *
    FROM said
    WHERE NOT EXISTS (
        SELECT
        FROM crash_acknowledgements AS known
        WHERE
            known.alarm_id = said.alarm_id
            -- One that was known and ended is another when it comes again.
            AND (known.acknowledged_at AT TIME ZONE 'UTC')::date >= said.since
            AND crash_alarm_is_known(said.ratio, known.ratio)
    )
)

SELECT
    count(*) AS alarms,
    (SELECT submission_date FROM newest) AS submission_date,
    coalesce(string_agg(words, '; ' ORDER BY alarm_id), 'none') AS which
FROM unknown
