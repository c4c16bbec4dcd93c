INSERT INTO crash_assessments (
    submission_date, assessed_at, program_version, method_version, last_run_id, seconds
)
VALUES (
    %(submission_date)s,
    %(assessed_at)s,
    %(program_version)s,
    %(method_version)s,
    %(last_run_id)s,
    %(seconds)s
)
RETURNING assessment_id
