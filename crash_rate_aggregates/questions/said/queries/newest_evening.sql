SELECT
    assessment_id,
    submission_date,
    assessed_at,
    last_run_id,
    (SELECT max(submission_date) FROM crash_aggregates_current_runs) AS newest_stored
FROM crash_assessments
ORDER BY submission_date DESC, assessment_id DESC
LIMIT 1
