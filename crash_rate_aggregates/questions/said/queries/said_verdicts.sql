-- What was said on the newest assessed evening, of one application.
SELECT
    assessment.submission_date AS evening,
    assessment.assessed_at,
    assessment.method_version,
    assessment.last_run_id,
    said.*
FROM crash_verdicts AS said
JOIN crash_assessments AS assessment USING (assessment_id)
WHERE
    assessment_id = (
        SELECT assessment_id
        FROM crash_assessments
        ORDER BY submission_date DESC, assessment_id DESC
        LIMIT 1
    )
    AND application = %(application)s
ORDER BY
    array_position(%(channels)s::text[], channel),
    first_day DESC,
    crash_version_order(label) DESC NULLS LAST,
    label DESC,
    is_decisive DESC
