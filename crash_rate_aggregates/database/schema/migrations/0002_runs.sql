-- Every run of a day is kept. Run ids are taken inside the day's lock, so the greatest run id of a
-- submission date is the run whose rows the table holds.

CREATE TABLE crash_aggregates_runs (
    run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    submission_date date NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    program_version text NOT NULL,
    engine text NOT NULL,
    pings_source text NOT NULL,
    dimensions jsonb NOT NULL,
    pings_read bigint NOT NULL,
    bytes_read bigint NOT NULL,
    files_read bigint NOT NULL,
    aggregates bigint NOT NULL,
    seconds double precision NOT NULL
);

CREATE INDEX crash_aggregates_runs_submission_date
    ON crash_aggregates_runs (submission_date, run_id DESC);

COMMENT ON TABLE crash_aggregates_runs IS 'One row for every run that replaced a submission date, the replaced ones too.';
COMMENT ON COLUMN crash_aggregates_runs.run_id IS 'The greatest of a submission date is the run whose rows crash_aggregates holds. Unit: number.';
COMMENT ON COLUMN crash_aggregates_runs.submission_date IS 'The day that was replaced. Unit: date.';
COMMENT ON COLUMN crash_aggregates_runs.started_at IS 'When the run began, by the clock of the job. Unit: time.';
COMMENT ON COLUMN crash_aggregates_runs.finished_at IS 'When the rows were in, just before the commit, by the clock of the database. Unit: time.';
COMMENT ON COLUMN crash_aggregates_runs.program_version IS 'Version of crash-rate-aggregates. Unit: version.';
COMMENT ON COLUMN crash_aggregates_runs.engine IS 'What deduplicated and grouped the pings. Unit: name.';
COMMENT ON COLUMN crash_aggregates_runs.pings_source IS 'Folder, pattern or URL the pings were read from, without secrets. Unit: text.';
COMMENT ON COLUMN crash_aggregates_runs.dimensions IS 'Dimensions the run used, in order: objects with name and path. Unit: JSON array.';
COMMENT ON COLUMN crash_aggregates_runs.pings_read IS 'Pings found in the files, whatever became of them. Unit: pings.';
COMMENT ON COLUMN crash_aggregates_runs.bytes_read IS 'Size of the files as stored. Unit: bytes.';
COMMENT ON COLUMN crash_aggregates_runs.files_read IS 'Files of the submission date. Unit: files.';
COMMENT ON COLUMN crash_aggregates_runs.aggregates IS 'Rows of crash_aggregates that the run stored. Unit: rows.';
COMMENT ON COLUMN crash_aggregates_runs.seconds IS 'From the start of the run until its aggregates were ready to be stored. Unit: seconds.';

CREATE TABLE crash_aggregates_ledger (
    run_id bigint NOT NULL REFERENCES crash_aggregates_runs ON DELETE CASCADE,
    doc_type text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('outcome', 'adjustment', 'process_type')),
    name text NOT NULL,
    pings bigint NOT NULL CHECK (pings >= 0),
    PRIMARY KEY (run_id, doc_type, kind, name)
);

COMMENT ON TABLE crash_aggregates_ledger IS 'What became of every ping of a run. The lines of kind outcome add up to the pings read.';
COMMENT ON COLUMN crash_aggregates_ledger.run_id IS 'The run. Unit: number.';
COMMENT ON COLUMN crash_aggregates_ledger.doc_type IS 'main, crash, other or unknown. Unit: name.';
COMMENT ON COLUMN crash_aggregates_ledger.kind IS 'What the line counts: outcome, adjustment or process_type. Unit: name.';
COMMENT ON COLUMN crash_aggregates_ledger.name IS 'Which outcome, adjustment or process type; docs/rules.md explains them. Unit: name.';
COMMENT ON COLUMN crash_aggregates_ledger.pings IS 'Pings with that outcome, adjustment or process type. Unit: pings.';

CREATE TABLE crash_aggregates_damaged_files (
    run_id bigint NOT NULL REFERENCES crash_aggregates_runs ON DELETE CASCADE,
    file text NOT NULL,
    reason text NOT NULL
);

CREATE INDEX crash_aggregates_damaged_files_run_id ON crash_aggregates_damaged_files (run_id);

COMMENT ON TABLE crash_aggregates_damaged_files IS 'Files that a run with --allow-damaged read only up to the damage.';
COMMENT ON COLUMN crash_aggregates_damaged_files.run_id IS 'The run. Unit: number.';
COMMENT ON COLUMN crash_aggregates_damaged_files.file IS 'Path or URL of the file. Unit: text.';
COMMENT ON COLUMN crash_aggregates_damaged_files.reason IS 'What is wrong with it. Unit: text.';

CREATE VIEW crash_aggregates_current_runs AS
SELECT DISTINCT ON (submission_date)
    run_id,
    submission_date,
    started_at,
    finished_at,
    program_version,
    engine,
    pings_source,
    dimensions,
    pings_read,
    bytes_read,
    files_read,
    aggregates,
    seconds
FROM crash_aggregates_runs
ORDER BY submission_date, run_id DESC;

COMMENT ON VIEW crash_aggregates_current_runs IS 'The run of each submission date whose rows crash_aggregates holds. Columns as in crash_aggregates_runs.';
