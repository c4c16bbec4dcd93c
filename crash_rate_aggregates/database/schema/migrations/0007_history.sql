-- What a run replaced, and which definition changed between two runs of a day.

ALTER TABLE crash_aggregates_runs ADD COLUMN rules_version integer NOT NULL DEFAULT 1;
ALTER TABLE crash_aggregates_runs ADD COLUMN stats jsonb;
ALTER TABLE crash_aggregates_runs ALTER COLUMN rules_version DROP DEFAULT;

CREATE TABLE crash_aggregates_run_totals (
    run_id bigint NOT NULL REFERENCES crash_aggregates_runs ON DELETE CASCADE,
    channel text,
    aggregates bigint NOT NULL,
    LIKE crash_aggregates INCLUDING COMMENTS INCLUDING GENERATED
);
ALTER TABLE crash_aggregates_run_totals
    DROP COLUMN dimensions,
    DROP COLUMN activity_date,
    DROP COLUMN submission_date,
    ADD UNIQUE NULLS NOT DISTINCT (run_id, channel);

CREATE FUNCTION crash_aggregates_changed_names(before jsonb, after jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT
AS $$
    SELECT concat_ws(
        ' ',
        (SELECT '+ ' || string_agg(name, ' + ') FROM (
            SELECT jsonb_array_elements(after) EXCEPT SELECT jsonb_array_elements(before)
        ) AS added (value), coalesce(value ->> 'name', value #>> '{}') AS name),
        (SELECT '- ' || string_agg(name, ' - ') FROM (
            SELECT jsonb_array_elements(before) EXCEPT SELECT jsonb_array_elements(after)
        ) AS removed (value), coalesce(value ->> 'name', value #>> '{}') AS name)
    )
$$;

CREATE VIEW crash_aggregates_restated_runs AS
SELECT
    after.submission_date,
    after.run_id,
    before.run_id AS previous_run_id,
    after.finished_at,
    concat_ws(
        ', ',
        CASE WHEN before.program_version <> after.program_version
            THEN format('program %s to %s', before.program_version, after.program_version) END,
        CASE WHEN before.rules_version <> after.rules_version
            THEN format('rules %s to %s', before.rules_version, after.rules_version) END,
        CASE WHEN before.dimensions <> after.dimensions
            THEN 'dimensions ' || crash_aggregates_changed_names(before.dimensions, after.dimensions) END,
        CASE WHEN before.stats <> after.stats
            THEN 'stats ' || crash_aggregates_changed_names(before.stats, after.stats) END,
        CASE WHEN before.engine <> after.engine
            THEN format('engine %s to %s', before.engine, after.engine) END,
        CASE WHEN before.pings_source <> after.pings_source
            THEN format('pings %s to %s', before.pings_source, after.pings_source) END
    ) AS changed
FROM crash_aggregates_runs AS after
CROSS JOIN LATERAL (
    SELECT *
    FROM crash_aggregates_runs AS earlier
    WHERE earlier.submission_date = after.submission_date AND earlier.run_id < after.run_id
    ORDER BY earlier.run_id DESC
    LIMIT 1
) AS before;

CREATE VIEW crash_aggregates_restatements AS
SELECT
    restated.submission_date,
    restated.run_id,
    restated.previous_run_id,
    restated.finished_at,
    restated.changed,
    totals.channel,
    max(totals.aggregates) FILTER (WHERE is_before) AS aggregates_before,
    max(totals.aggregates) FILTER (WHERE NOT is_before) AS aggregates_after,
    max(totals.main_crashes) FILTER (WHERE is_before) AS main_crashes_before,
    max(totals.main_crashes) FILTER (WHERE NOT is_before) AS main_crashes_after,
    max(totals.content_crashes) FILTER (WHERE is_before) AS content_crashes_before,
    max(totals.content_crashes) FILTER (WHERE NOT is_before) AS content_crashes_after,
    max(totals.usage_hours) FILTER (WHERE is_before) AS usage_hours_before,
    max(totals.usage_hours) FILTER (WHERE NOT is_before) AS usage_hours_after
FROM crash_aggregates_restated_runs AS restated
CROSS JOIN LATERAL (VALUES (previous_run_id, true), (run_id, false)) AS side (side_run_id, is_before)
JOIN crash_aggregates_run_totals AS totals ON totals.run_id = side.side_run_id
GROUP BY
    restated.submission_date, restated.run_id, restated.previous_run_id, restated.finished_at,
    restated.changed, totals.channel;

CREATE OR REPLACE VIEW crash_aggregates_current_runs AS
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
    seconds,
    rules_version,
    stats
FROM crash_aggregates_runs
ORDER BY submission_date, run_id DESC;

COMMENT ON COLUMN crash_aggregates_runs.rules_version IS 'Version of the rules by which pings were judged; docs/rules.md. Unit: number.';
COMMENT ON COLUMN crash_aggregates_runs.stats IS 'Names of the stats that the run filled, in order; NULL before this was recorded. Unit: JSON array.';
COMMENT ON TABLE crash_aggregates_run_totals IS 'What each run stored, by channel, also of runs whose rows were replaced since. Further columns: the stats of crash_aggregates.';
COMMENT ON COLUMN crash_aggregates_run_totals.run_id IS 'The run. Unit: number.';
COMMENT ON COLUMN crash_aggregates_run_totals.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_run_totals.aggregates IS 'Rows of crash_aggregates. Unit: rows.';
COMMENT ON VIEW crash_aggregates_restated_runs IS 'Every run that replaced the rows of an earlier run, with what changed in between: program, rules, dimensions, stats, engine, source of the pings. Empty where only the pings can have changed.';
COMMENT ON VIEW crash_aggregates_restatements IS 'Rows, crashes and usage hours by channel before and after every run that replaced an earlier one; NULL for a channel that a run did not have.';
COMMENT ON FUNCTION crash_aggregates_changed_names(jsonb, jsonb) IS 'Names of a JSON array that came (+) and went (-).';
