INSERT INTO crash_aggregates_open_attempts AS open (submission_date, started_at, program_version)
VALUES (%(submission_date)s, %(started_at)s, %(program_version)s)
ON CONFLICT (submission_date) DO UPDATE
SET started_at = excluded.started_at, program_version = excluded.program_version, error = NULL
WHERE open.started_at < excluded.started_at
