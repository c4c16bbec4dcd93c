-- What 0001_tables.sql calls otherwise than the twelve migrations before it did, so that later migrations
-- find the same names everywhere. Rows stay as they are, and so does the order of columns.
ALTER TABLE crash_aggregates ALTER COLUMN main_crashes_sent_twice DROP DEFAULT;
ALTER TABLE crash_aggregates_by_channel
    RENAME CONSTRAINT crash_aggregates_by_channel_submission_date_activity_date_a_key
    TO crash_aggregates_by_channel_keys;
ALTER TABLE crash_aggregates_by_build
    RENAME CONSTRAINT crash_aggregates_by_build_submission_date_activity_date_app_key
    TO crash_aggregates_by_build_keys;
ALTER TABLE crash_aggregates_by_system
    RENAME CONSTRAINT crash_aggregates_by_system_application_channel_submission_d_key
    TO crash_aggregates_by_system_keys;
ALTER TABLE crash_aggregates_by_country
    RENAME CONSTRAINT crash_aggregates_by_country_application_channel_submission__key
    TO crash_aggregates_by_country_keys;
ALTER TABLE crash_aggregates_run_totals
    RENAME CONSTRAINT crash_aggregates_run_totals_run_id_channel_key
    TO crash_aggregates_run_totals_keys;
DELETE FROM crash_aggregates_migrations;
