-- Summaries and rates tell applications apart: Fennec's crashes are not Firefox's. The summaries are
-- emptied here and filled anew from crash_aggregates, day by day, when this version first connects.

CREATE FUNCTION crash_application(application text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN application IN ('Firefox', 'Fennec', 'Thunderbird') THEN application
    WHEN application IS NOT NULL THEN 'other'
    ELSE 'unknown'
END;

-- Rates of one group from its sums over days; a column of squares is sum(crashes ^ 2 / usage_hours).
CREATE FUNCTION crash_rates_of_sums(
    days bigint,
    usage_hours double precision,
    main_crashes double precision,
    main_crashes_sent_twice double precision,
    content_crashes double precision,
    content_shutdown_crashes double precision,
    main_squares double precision,
    content_squares double precision,
    main_and_content_minus_shutdown_squares double precision
)
RETURNS TABLE (
    place integer,
    kind text,
    crashes bigint,
    per_1000_hours double precision,
    lower_limit double precision,
    upper_limit double precision,
    dispersion double precision
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT
        kinds.place,
        kinds.kind,
        rate.whole_crashes,
        rate.per_1000_hours,
        rate.lower_limit,
        rate.upper_limit,
        varying.dispersion
    FROM crash_kinds(
        main_crashes, main_crashes_sent_twice, content_crashes, content_shutdown_crashes, 0, 0
    ) AS kinds
    JOIN (
        VALUES
        ('main', main_squares),
        ('content', content_squares),
        ('main_and_content_minus_shutdown', main_and_content_minus_shutdown_squares)
    ) AS of_kind (kind, squares) ON of_kind.kind = kinds.kind
    CROSS JOIN LATERAL crash_dispersion(
        days, usage_hours, kinds.crashes, kinds.variance, of_kind.squares
    ) AS varying (dispersion)
    CROSS JOIN LATERAL crash_rate(
        kinds.is_count,
        kinds.crashes,
        kinds.variance,
        usage_hours,
        varying.dispersion,
        crash_min_usage_hours()
    ) AS rate
$$;

DROP VIEW crash_rates_by_day;
DROP VIEW crash_counts_by_channel;
DROP VIEW crash_counts_by_build;
DROP VIEW crash_counts_by_system;
DROP VIEW crash_counts_by_country;

TRUNCATE
    crash_aggregates_by_channel,
    crash_aggregates_by_build,
    crash_aggregates_by_system,
    crash_aggregates_by_country;
-- So that all days are in crash_aggregates_days_to_sum_up.
DELETE FROM crash_aggregates_run_totals
WHERE run_id IN (SELECT run_id FROM crash_aggregates_current_runs);

ALTER TABLE crash_aggregates_by_channel ADD COLUMN application text NOT NULL;
ALTER TABLE crash_aggregates_by_channel
    DROP CONSTRAINT crash_aggregates_by_channel_submission_date_activity_date_c_key,
    ADD UNIQUE NULLS NOT DISTINCT (submission_date, activity_date, application, channel);

ALTER TABLE crash_aggregates_by_build ADD COLUMN application text NOT NULL;
ALTER TABLE crash_aggregates_by_build
    DROP CONSTRAINT crash_aggregates_by_build_submission_date_activity_date_cha_key,
    ADD UNIQUE NULLS NOT DISTINCT (
        submission_date, activity_date, application, channel, build_version, build_id
    );
DROP INDEX crash_aggregates_by_build_recent;
CREATE INDEX crash_aggregates_by_build_recent
    ON crash_aggregates_by_build (application, channel, build_id, activity_date)
    WHERE build_id IS NOT NULL;

ALTER TABLE crash_aggregates_by_system ADD COLUMN application text NOT NULL;
ALTER TABLE crash_aggregates_by_system
    DROP CONSTRAINT crash_aggregates_by_system_channel_submission_date_os_name__key,
    ADD UNIQUE NULLS NOT DISTINCT (application, channel, submission_date, os_name, os_version);

ALTER TABLE crash_aggregates_by_country ADD COLUMN application text NOT NULL;
ALTER TABLE crash_aggregates_by_country
    DROP CONSTRAINT crash_aggregates_by_country_channel_submission_date_country_key,
    ADD UNIQUE NULLS NOT DISTINCT (application, channel, submission_date, country, architecture);

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
        application,
        channel,
        sum(usage_seconds)::double precision / 3600 AS usage_hours,
        sum(main_crashes) AS main_crashes,
        sum(main_crashes_sent_twice) AS main_crashes_sent_twice,
        sum(content_crashes) AS content_crashes,
        sum(content_shutdown_crashes) AS content_shutdown_crashes,
        sum(plugin_crashes) AS plugin_crashes,
        sum(gpu_crashes) AS gpu_crashes
    FROM crash_aggregates_by_channel
    GROUP BY activity_date, application, channel
),

days AS (
    SELECT sums.activity_date, sums.application, sums.channel, sums.usage_hours, kinds.*
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
            count(*) FILTER (WHERE usage_hours > 0) OVER recent,
            sum(usage_hours) OVER recent,
            sum(crashes) FILTER (WHERE usage_hours > 0) OVER recent,
            sum(variance) FILTER (WHERE usage_hours > 0) OVER recent,
            sum(crashes * crashes / nullif(usage_hours, 0)) OVER recent
        ) AS dispersion
    FROM days
    WINDOW recent AS (
        PARTITION BY application, channel, kind
        ORDER BY activity_date
        RANGE BETWEEN INTERVAL '27 days' PRECEDING AND CURRENT ROW
    )
)

SELECT
    activity_date,
    application,
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

CREATE VIEW crash_aggregates_days_to_sum_up AS
SELECT run.submission_date, run.run_id
FROM crash_aggregates_current_runs AS run
WHERE
    run.aggregates > 0
    AND NOT EXISTS (
        SELECT FROM crash_aggregates_run_totals AS totals WHERE totals.run_id = run.run_id
    );

COMMENT ON VIEW crash_aggregates_days_to_sum_up IS 'The run of each stored day that the summaries do not have yet: those of an older version, until the next run has summed them up.';
COMMENT ON FUNCTION crash_application(text) IS 'The application, where it is Firefox, Fennec or Thunderbird; all others are other. unknown where the pings or the run have none.';
COMMENT ON FUNCTION crash_rates_of_sums(bigint, double precision, double precision, double precision, double precision, double precision, double precision, double precision, double precision) IS 'Rates with 95% intervals of main, content and main_and_content_minus_shutdown, one row each, from the sums of one group: its days with usage hours, hours, crashes, and sum(crashes^2 / hours) of each kind over its days, for crash_dispersion. As crash_rate.';
COMMENT ON TABLE crash_aggregates_by_channel IS 'Sums over crash_aggregates by submission date, activity date, application and channel, replaced with each day. Further columns: the stats of crash_aggregates.';
COMMENT ON TABLE crash_aggregates_by_build IS 'Sums over crash_aggregates by submission date, activity date, application, channel, version and build, replaced with each day. Further columns: the stats of crash_aggregates.';
COMMENT ON TABLE crash_aggregates_by_system IS 'Sums over crash_aggregates by submission date, application, channel and operating system, replaced with each day. Further columns: the stats of crash_aggregates.';
COMMENT ON TABLE crash_aggregates_by_country IS 'Sums over crash_aggregates by submission date, application, channel, country and architecture, replaced with each day. Further columns: the stats of crash_aggregates.';
COMMENT ON COLUMN crash_aggregates_by_channel.application IS 'By crash_application. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_build.application IS 'By crash_application. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_system.application IS 'By crash_application. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_country.application IS 'By crash_application. Unit: name.';
COMMENT ON VIEW crash_counts_by_channel IS 'crash_aggregates_by_channel, and beside content_crashes (C) also main (M), content_minus_shutdown (C-S) and main_and_content_minus_shutdown (M+C-S). Unit: crashes.';
COMMENT ON VIEW crash_counts_by_build IS 'crash_aggregates_by_build, and beside content_crashes (C) also main (M), content_minus_shutdown (C-S) and main_and_content_minus_shutdown (M+C-S). Unit: crashes.';
COMMENT ON VIEW crash_counts_by_system IS 'crash_aggregates_by_system, and beside content_crashes (C) also main (M), content_minus_shutdown (C-S) and main_and_content_minus_shutdown (M+C-S). Unit: crashes.';
COMMENT ON VIEW crash_counts_by_country IS 'crash_aggregates_by_country, and beside content_crashes (C) also main (M), content_minus_shutdown (C-S) and main_and_content_minus_shutdown (M+C-S). Unit: crashes.';
COMMENT ON VIEW crash_rates_by_day IS 'Crash rates by activity date, application, channel and kind: crashes, usage hours, crashes per 1,000 usage hours with the 95% interval, and the dispersion of the 28 days up to the day, NULL with fewer than 7. Rates are NULL below min_usage_hours.';
