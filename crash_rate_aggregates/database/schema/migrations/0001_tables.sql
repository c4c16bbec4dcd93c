-- The tables, in the order in which a day fills them: its rows, the run that stored them, what became of
-- its pings, its summaries; then what the program keeps for itself. Functions and views are not here:
-- ../functions.sql and ../views.sql define them, anew whenever they change.

-- What is counted, the same in every table below that counts; copied from here and dropped at the end.
-- These are the columns of 2016. Each later stat of stats.STATS is added from there, without a migration,
-- and so are the comments of all stats.
CREATE TABLE crash_aggregates_stats (
    ping_count bigint NOT NULL,
    usage_seconds bigint NOT NULL,
    usage_hours double precision GENERATED ALWAYS AS (usage_seconds::double precision / 3600) STORED,
    main_crashes bigint NOT NULL,
    content_crashes bigint NOT NULL,
    plugin_crashes bigint NOT NULL,
    gmplugin_crashes bigint NOT NULL,
    gpu_crashes bigint NOT NULL,
    content_shutdown_crashes bigint NOT NULL,
    content_crash_pings bigint NOT NULL,
    content_shutdown_crash_pings bigint NOT NULL,
    other_process_crash_pings bigint NOT NULL,
    main_crashes_sent_twice bigint NOT NULL
);
COMMENT ON COLUMN crash_aggregates_stats.usage_hours IS 'usage_seconds / 3600, generated. Includes sleep on Windows only: rates do not compare across operating systems. Unit: hours.';


-- The table of 2016. A run replaces all rows of one submission date. Partitions, one a month, so that old
-- months go by dropping a table: crash_aggregates_make_partition makes them.
CREATE TABLE crash_aggregates (
    submission_date date NOT NULL,
    activity_date date NOT NULL,
    dimensions jsonb NOT NULL,
    LIKE crash_aggregates_stats INCLUDING COMMENTS INCLUDING GENERATED
) PARTITION BY RANGE (submission_date);

-- None on dimensions: a question reads whole days, and an index would double the cost of a day.
CREATE INDEX crash_aggregates_submission_date ON crash_aggregates (submission_date);

COMMENT ON TABLE crash_aggregates IS 'Crash counts and usage hours of Firefox, one row for every combination of submission date, activity date and dimensions. Rows are disjoint: sums over any selection are exact. A crash rate is 1000 * sum(crashes) / sum(usage_hours).';
COMMENT ON COLUMN crash_aggregates.submission_date IS 'UTC day on which the server received the pings; a run replaces one such day. Unit: date.';
COMMENT ON COLUMN crash_aggregates.activity_date IS 'Day on the client''s calendar, clamped into the 7 days before the submission date. Unit: date.';
COMMENT ON COLUMN crash_aggregates.dimensions IS 'Dimension names and their values as text; a value that the pings do not have is left out. Unit: JSON object of strings.';


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
    seconds double precision NOT NULL,
    rules_version integer NOT NULL,
    stats jsonb
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
COMMENT ON COLUMN crash_aggregates_runs.rules_version IS 'Version of the rules by which pings were judged; docs/rules.md. Unit: number.';
COMMENT ON COLUMN crash_aggregates_runs.stats IS 'Names of the stats that the run filled, in order; NULL before this was recorded. Unit: JSON array.';

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

-- Outlives the rows: what a restated day was before is read here.
CREATE TABLE crash_aggregates_run_totals (
    run_id bigint NOT NULL REFERENCES crash_aggregates_runs ON DELETE CASCADE,
    channel text,
    aggregates bigint NOT NULL,
    LIKE crash_aggregates_stats INCLUDING COMMENTS INCLUDING GENERATED,
    CONSTRAINT crash_aggregates_run_totals_keys UNIQUE NULLS NOT DISTINCT (run_id, channel)
);

COMMENT ON TABLE crash_aggregates_run_totals IS 'What each run stored, by channel, also of runs whose rows were replaced since. Further columns: the stats of crash_aggregates.';
COMMENT ON COLUMN crash_aggregates_run_totals.run_id IS 'The run. Unit: number.';
COMMENT ON COLUMN crash_aggregates_run_totals.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_run_totals.aggregates IS 'Rows of crash_aggregates. Unit: rows.';

-- Written before a run begins, or a day that was stored once and whose last run was killed would look
-- complete in crash_aggregates_runs.
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


-- Small tables that dashboards ask instead of crash_aggregates. Each holds sums over the rows of a
-- submission date, and the transaction that replaces the day replaces them, so their totals are
-- always those of crash_aggregates. The keys of the last two begin with what most questions ask for, so
-- these have an index for replacing a day too.
CREATE TABLE crash_aggregates_by_channel (
    submission_date date NOT NULL,
    activity_date date NOT NULL,
    application text NOT NULL,
    channel text,
    aggregates bigint NOT NULL,
    LIKE crash_aggregates_stats INCLUDING COMMENTS INCLUDING GENERATED,
    CONSTRAINT crash_aggregates_by_channel_keys
        UNIQUE NULLS NOT DISTINCT (submission_date, activity_date, application, channel)
);

COMMENT ON TABLE crash_aggregates_by_channel IS 'Sums over crash_aggregates by submission date, activity date, application and channel, replaced with each day. Further columns: the stats of crash_aggregates.';
COMMENT ON COLUMN crash_aggregates_by_channel.submission_date IS 'UTC day on which the server received the pings; a run replaces one such day. Unit: date.';
COMMENT ON COLUMN crash_aggregates_by_channel.activity_date IS 'Day on the client''s calendar, clamped into the 7 days before the submission date. Unit: date.';
COMMENT ON COLUMN crash_aggregates_by_channel.application IS 'By crash_application. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_channel.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_channel.aggregates IS 'Rows of crash_aggregates summed up. Unit: rows.';

CREATE TABLE crash_aggregates_by_build (
    submission_date date NOT NULL,
    activity_date date NOT NULL,
    application text NOT NULL,
    channel text,
    build_version text,
    build_id text,
    build_age integer,
    aggregates bigint NOT NULL,
    LIKE crash_aggregates_stats INCLUDING COMMENTS INCLUDING GENERATED,
    CONSTRAINT crash_aggregates_by_build_keys
        UNIQUE NULLS NOT DISTINCT (
            submission_date, activity_date, application, channel, build_version, build_id
        )
);

CREATE INDEX crash_aggregates_by_build_recent
    ON crash_aggregates_by_build (application, channel, build_id, activity_date)
    WHERE build_id IS NOT NULL;

COMMENT ON TABLE crash_aggregates_by_build IS 'Sums over crash_aggregates by submission date, activity date, application, channel, version and build, replaced with each day. Further columns: the stats of crash_aggregates.';
COMMENT ON COLUMN crash_aggregates_by_build.submission_date IS 'UTC day on which the server received the pings; a run replaces one such day. Unit: date.';
COMMENT ON COLUMN crash_aggregates_by_build.activity_date IS 'Day on the client''s calendar, clamped into the 7 days before the submission date. Unit: date.';
COMMENT ON COLUMN crash_aggregates_by_build.application IS 'By crash_application. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_build.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_build.build_version IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_build.build_id IS 'The dimension of builds that have a build_age, NULL for all others. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_build.build_age IS 'By crash_build_age, on the activity date. Unit: days.';
COMMENT ON COLUMN crash_aggregates_by_build.aggregates IS 'Rows of crash_aggregates summed up. Unit: rows.';

CREATE TABLE crash_aggregates_by_system (
    submission_date date NOT NULL,
    application text NOT NULL,
    channel text,
    os_name text,
    os_version text,
    aggregates bigint NOT NULL,
    LIKE crash_aggregates_stats INCLUDING COMMENTS INCLUDING GENERATED,
    CONSTRAINT crash_aggregates_by_system_keys
        UNIQUE NULLS NOT DISTINCT (application, channel, submission_date, os_name, os_version)
);

CREATE INDEX crash_aggregates_by_system_submission_date
    ON crash_aggregates_by_system (submission_date);

COMMENT ON TABLE crash_aggregates_by_system IS 'Sums over crash_aggregates by submission date, application, channel and operating system, replaced with each day. Further columns: the stats of crash_aggregates.';
COMMENT ON COLUMN crash_aggregates_by_system.submission_date IS 'UTC day on which the server received the pings; a run replaces one such day. Unit: date.';
COMMENT ON COLUMN crash_aggregates_by_system.application IS 'By crash_application. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_system.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_system.os_name IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_system.os_version IS 'By crash_os_version; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_system.aggregates IS 'Rows of crash_aggregates summed up. Unit: rows.';

CREATE TABLE crash_aggregates_by_country (
    submission_date date NOT NULL,
    application text NOT NULL,
    channel text,
    country text,
    architecture text,
    aggregates bigint NOT NULL,
    LIKE crash_aggregates_stats INCLUDING COMMENTS INCLUDING GENERATED,
    CONSTRAINT crash_aggregates_by_country_keys
        UNIQUE NULLS NOT DISTINCT (application, channel, submission_date, country, architecture)
);

CREATE INDEX crash_aggregates_by_country_submission_date
    ON crash_aggregates_by_country (submission_date);

COMMENT ON TABLE crash_aggregates_by_country IS 'Sums over crash_aggregates by submission date, application, channel, country and architecture, replaced with each day. Further columns: the stats of crash_aggregates.';
COMMENT ON COLUMN crash_aggregates_by_country.submission_date IS 'UTC day on which the server received the pings; a run replaces one such day. Unit: date.';
COMMENT ON COLUMN crash_aggregates_by_country.application IS 'By crash_application. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_country.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_country.country IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_country.architecture IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_country.aggregates IS 'Rows of crash_aggregates summed up. Unit: rows.';


-- Runs of a day wait for each other at a row that a role without write rights cannot lock. Anybody who
-- may connect can take an advisory lock, and keep the writer out with it.
CREATE TABLE crash_aggregates_locks (
    thing integer PRIMARY KEY
);
INSERT INTO crash_aggregates_locks (thing) VALUES (-1);

COMMENT ON TABLE crash_aggregates_locks IS 'A row for everything that sessions lock against each other; they say nothing but that.';
COMMENT ON COLUMN crash_aggregates_locks.thing IS 'Days from 2000-01-01 to a submission date, or -1 for the tables of the database. Unit: number.';

DROP TABLE crash_aggregates_stats;
