-- Small tables that dashboards ask instead of crash_aggregates. Each holds sums over the rows of a
-- submission date, and the transaction that replaces the day replaces them, so their totals are
-- always those of crash_aggregates. Days that are stored already are summarized next, one by one.

-- A summary has its keys, then all stats. queries/summarize_day.sql fills it.
CREATE TABLE crash_aggregates_by_channel (
    channel text,
    aggregates bigint NOT NULL,
    LIKE crash_aggregates INCLUDING COMMENTS INCLUDING GENERATED
);
ALTER TABLE crash_aggregates_by_channel
    DROP COLUMN dimensions,
    ADD UNIQUE NULLS NOT DISTINCT (submission_date, activity_date, channel);

CREATE TABLE crash_aggregates_by_build (
    channel text,
    build_version text,
    build_id text,
    build_age integer,
    aggregates bigint NOT NULL,
    LIKE crash_aggregates INCLUDING COMMENTS INCLUDING GENERATED
);
ALTER TABLE crash_aggregates_by_build
    DROP COLUMN dimensions,
    ADD UNIQUE NULLS NOT DISTINCT (submission_date, activity_date, channel, build_version, build_id);
CREATE INDEX crash_aggregates_by_build_recent
    ON crash_aggregates_by_build (channel, build_id, activity_date) WHERE build_id IS NOT NULL;

CREATE TABLE crash_aggregates_by_system (
    channel text,
    os_name text,
    os_version text,
    aggregates bigint NOT NULL,
    LIKE crash_aggregates INCLUDING COMMENTS INCLUDING GENERATED
);
ALTER TABLE crash_aggregates_by_system
    DROP COLUMN dimensions,
    DROP COLUMN activity_date,
    ADD UNIQUE NULLS NOT DISTINCT (channel, submission_date, os_name, os_version);
CREATE INDEX crash_aggregates_by_system_submission_date
    ON crash_aggregates_by_system (submission_date);

CREATE TABLE crash_aggregates_by_country (
    channel text,
    country text,
    architecture text,
    aggregates bigint NOT NULL,
    LIKE crash_aggregates INCLUDING COMMENTS INCLUDING GENERATED
);
ALTER TABLE crash_aggregates_by_country
    DROP COLUMN dimensions,
    DROP COLUMN activity_date,
    ADD UNIQUE NULLS NOT DISTINCT (channel, submission_date, country, architecture);
CREATE INDEX crash_aggregates_by_country_submission_date
    ON crash_aggregates_by_country (submission_date);

-- The summaries with the words that people use: M, C-S and M+C-S; C is content_crashes.
CREATE VIEW crash_counts_by_channel AS
SELECT
    *,
    crash_main(main_crashes, main_crashes_sent_twice) AS main,
    content_crashes - content_shutdown_crashes AS content_minus_shutdown,
    crash_main(main_crashes, main_crashes_sent_twice) + content_crashes - content_shutdown_crashes
        AS main_and_content_minus_shutdown
FROM crash_aggregates_by_channel;

CREATE VIEW crash_counts_by_build AS
SELECT
    *,
    crash_main(main_crashes, main_crashes_sent_twice) AS main,
    content_crashes - content_shutdown_crashes AS content_minus_shutdown,
    crash_main(main_crashes, main_crashes_sent_twice) + content_crashes - content_shutdown_crashes
        AS main_and_content_minus_shutdown
FROM crash_aggregates_by_build;

CREATE VIEW crash_counts_by_system AS
SELECT
    *,
    crash_main(main_crashes, main_crashes_sent_twice) AS main,
    content_crashes - content_shutdown_crashes AS content_minus_shutdown,
    crash_main(main_crashes, main_crashes_sent_twice) + content_crashes - content_shutdown_crashes
        AS main_and_content_minus_shutdown
FROM crash_aggregates_by_system;

CREATE VIEW crash_counts_by_country AS
SELECT
    *,
    crash_main(main_crashes, main_crashes_sent_twice) AS main,
    content_crashes - content_shutdown_crashes AS content_minus_shutdown,
    crash_main(main_crashes, main_crashes_sent_twice) + content_crashes - content_shutdown_crashes
        AS main_and_content_minus_shutdown
FROM crash_aggregates_by_country;

-- Each day with the dispersion of the 28 days up to it, so that a day's interval does not depend on
-- which days are asked for, and a slow change of the rate does not pass for chance.
CREATE VIEW crash_rates_by_day AS
WITH sums AS (
    SELECT
        activity_date,
        channel,
        sum(usage_seconds)::double precision / 3600 AS usage_hours,
        sum(main_crashes) AS main_crashes,
        sum(main_crashes_sent_twice) AS main_crashes_sent_twice,
        sum(content_crashes) AS content_crashes,
        sum(content_shutdown_crashes) AS content_shutdown_crashes,
        sum(plugin_crashes) AS plugin_crashes,
        sum(gpu_crashes) AS gpu_crashes
    FROM crash_aggregates_by_channel
    GROUP BY activity_date, channel
),

days AS (
    SELECT sums.activity_date, sums.channel, sums.usage_hours, kinds.*
    FROM sums
    CROSS JOIN LATERAL crash_kinds(
        main_crashes, main_crashes_sent_twice, content_crashes, content_shutdown_crashes,
        plugin_crashes, gpu_crashes
    ) AS kinds
),

dispersed AS (
    SELECT
        days.*,
        crash_dispersion(
            count(*) OVER recent,
            sum(usage_hours) OVER recent,
            sum(crashes) OVER recent,
            sum(variance) OVER recent,
            sum(crashes * crashes / nullif(usage_hours, 0)) OVER recent
        ) AS dispersion
    FROM days
    WINDOW recent AS (
        PARTITION BY channel, kind
        ORDER BY activity_date
        RANGE BETWEEN INTERVAL '27 days' PRECEDING AND CURRENT ROW
    )
)

SELECT
    activity_date,
    channel,
    kind,
    place,
    rate.whole_crashes AS crashes,
    usage_hours,
    crash_min_usage_hours() AS min_usage_hours,
    rate.per_1000_hours,
    rate.lower_limit,
    rate.upper_limit,
    dispersion
FROM dispersed
CROSS JOIN LATERAL crash_rate(
    is_count, crashes, variance, usage_hours, dispersion, crash_min_usage_hours()
) AS rate;

COMMENT ON TABLE crash_aggregates_by_channel IS 'Sums over crash_aggregates by submission date, activity date and channel, replaced with each day. Further columns: the stats of crash_aggregates.';
COMMENT ON TABLE crash_aggregates_by_build IS 'Sums over crash_aggregates by submission date, activity date, channel, version and build, replaced with each day. Further columns: the stats of crash_aggregates.';
COMMENT ON TABLE crash_aggregates_by_system IS 'Sums over crash_aggregates by submission date, channel and operating system, replaced with each day. Further columns: the stats of crash_aggregates.';
COMMENT ON TABLE crash_aggregates_by_country IS 'Sums over crash_aggregates by submission date, channel, country and architecture, replaced with each day. Further columns: the stats of crash_aggregates.';
COMMENT ON COLUMN crash_aggregates_by_channel.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_channel.aggregates IS 'Rows of crash_aggregates summed up. Unit: rows.';
COMMENT ON COLUMN crash_aggregates_by_build.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_build.build_version IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_build.build_id IS 'The dimension of builds that have a build_age, NULL for all others. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_build.build_age IS 'By crash_build_age, on the activity date. Unit: days.';
COMMENT ON COLUMN crash_aggregates_by_build.aggregates IS 'Rows of crash_aggregates summed up. Unit: rows.';
COMMENT ON COLUMN crash_aggregates_by_system.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_system.os_name IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_system.os_version IS 'By crash_os_version; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_system.aggregates IS 'Rows of crash_aggregates summed up. Unit: rows.';
COMMENT ON COLUMN crash_aggregates_by_country.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_country.country IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_country.architecture IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_country.aggregates IS 'Rows of crash_aggregates summed up. Unit: rows.';
COMMENT ON VIEW crash_counts_by_channel IS 'crash_aggregates_by_channel, and beside content_crashes (C) also main (M), content_minus_shutdown (C-S) and main_and_content_minus_shutdown (M+C-S). Unit: crashes.';
COMMENT ON VIEW crash_counts_by_build IS 'crash_aggregates_by_build, and beside content_crashes (C) also main (M), content_minus_shutdown (C-S) and main_and_content_minus_shutdown (M+C-S). Unit: crashes.';
COMMENT ON VIEW crash_counts_by_system IS 'crash_aggregates_by_system, and beside content_crashes (C) also main (M), content_minus_shutdown (C-S) and main_and_content_minus_shutdown (M+C-S). Unit: crashes.';
COMMENT ON VIEW crash_counts_by_country IS 'crash_aggregates_by_country, and beside content_crashes (C) also main (M), content_minus_shutdown (C-S) and main_and_content_minus_shutdown (M+C-S). Unit: crashes.';
COMMENT ON VIEW crash_rates_by_day IS 'Crash rates by activity date, channel and kind: crashes, usage hours, crashes per 1,000 usage hours with the 95% interval, and the dispersion of the 28 days up to the day, NULL with fewer than 7. Rates are NULL below min_usage_hours.';
