-- A day that was stored once and whose last run failed looks complete in crash_aggregates_runs.

CREATE TABLE crash_aggregates_open_attempts (
    submission_date date PRIMARY KEY,
    started_at timestamptz NOT NULL,
    program_version text NOT NULL,
    error text
);

COMMENT ON TABLE crash_aggregates_open_attempts IS 'A row for each submission date whose last run has not committed: it failed, was killed, or still runs. The commit of a day removes it.';
COMMENT ON COLUMN crash_aggregates_open_attempts.submission_date IS 'The day. Unit: date.';
COMMENT ON COLUMN crash_aggregates_open_attempts.started_at IS 'When the run began, by the clock of the job. Unit: time.';
COMMENT ON COLUMN crash_aggregates_open_attempts.program_version IS 'Version of crash-rate-aggregates. Unit: version.';
COMMENT ON COLUMN crash_aggregates_open_attempts.error IS 'Why it failed; NULL if it still runs or was killed. Unit: text.';
