SELECT application, channel, kind, measure, state
FROM crash_watch_states
WHERE assessment_id = (
    SELECT assessment_id
    FROM crash_assessments
    WHERE submission_date < %(last)s
    ORDER BY submission_date DESC, assessment_id DESC
    LIMIT 1
)
