-- The table of 2016, partitioned by month. The stats stand in the order of stats.STATS.
-- No index on dimensions: a question reads whole days, and an index would double the cost of a day.

CREATE TABLE crash_aggregates (
    submission_date date NOT NULL,
    activity_date date NOT NULL,
    dimensions jsonb NOT NULL,
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
    other_process_crash_pings bigint NOT NULL
) PARTITION BY RANGE (submission_date);

CREATE INDEX crash_aggregates_submission_date ON crash_aggregates (submission_date);

COMMENT ON TABLE crash_aggregates IS 'Crash counts and usage hours of Firefox, one row for every combination of submission date, activity date and dimensions. Rows are disjoint: sums over any selection are exact. A crash rate is 1000 * sum(crashes) / sum(usage_hours).';
COMMENT ON COLUMN crash_aggregates.submission_date IS 'UTC day on which the server received the pings; a run replaces one such day. Unit: date.';
COMMENT ON COLUMN crash_aggregates.activity_date IS 'Day on the client''s calendar, clamped into the 7 days before the submission date. Unit: date.';
COMMENT ON COLUMN crash_aggregates.dimensions IS 'Dimension names and their values as text; a value that the pings do not have is left out. Unit: JSON object of strings.';
COMMENT ON COLUMN crash_aggregates.ping_count IS 'Main pings. Unit: pings.';
COMMENT ON COLUMN crash_aggregates.usage_seconds IS 'Sum of min(max(payload.info.subsessionLength, 0), 25 hours) over all counted pings. Unit: seconds.';
COMMENT ON COLUMN crash_aggregates.usage_hours IS 'usage_seconds / 3600, generated. Includes sleep on Windows only: rates do not compare across operating systems. Unit: hours.';
COMMENT ON COLUMN crash_aggregates.main_crashes IS 'Crash pings whose process type is main or absent. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates.content_crashes IS 'Content process crashes in main pings: keyedHistograms.SUBPROCESS_CRASHES_WITH_DUMP.content. Includes shutdown kills that left a dump. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates.plugin_crashes IS 'Plugin crashes in main pings: keyedHistograms.SUBPROCESS_CRASHES_WITH_DUMP.plugin. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates.gmplugin_crashes IS 'Media plugin crashes in main pings: keyedHistograms.SUBPROCESS_CRASHES_WITH_DUMP.gmplugin. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates.gpu_crashes IS 'GPU process crashes in main pings: keyedHistograms.SUBPROCESS_CRASHES_WITH_DUMP.gpu. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates.content_shutdown_crashes IS 'Content processes killed at shutdown: keyedHistograms.SUBPROCESS_KILL_HARD.ShutDownKill. Usually inside content_crashes. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates.content_crash_pings IS 'Crash pings of a content process that was not killed at shutdown. Another source for the same crashes: never add it to content_crashes. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates.content_shutdown_crash_pings IS 'Crash pings of a content process killed at shutdown (ipc_channel_error ShutDownKill). Never add it to content_shutdown_crashes. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates.other_process_crash_pings IS 'Crash pings of all other processes. Unit: crashes.';
