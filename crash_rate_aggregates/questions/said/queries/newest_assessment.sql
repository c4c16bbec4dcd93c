SELECT submission_date, assessed_at, method_version, last_run_id
FROM crash_assessments
ORDER BY submission_date DESC, assessment_id DESC
LIMIT 1
