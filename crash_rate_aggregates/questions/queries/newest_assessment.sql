newest AS (
    SELECT assessment_id, submission_date
    FROM crash_assessments
    WHERE submission_date <= %(last_date)s::date
    ORDER BY submission_date DESC, assessment_id DESC
    LIMIT 1
)
