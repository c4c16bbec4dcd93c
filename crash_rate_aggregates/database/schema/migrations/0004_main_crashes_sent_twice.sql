-- Glean crash pings: copies of one crash that no key tells apart. None of the stored days has any.

ALTER TABLE crash_aggregates ADD COLUMN main_crashes_sent_twice bigint NOT NULL DEFAULT 0;

COMMENT ON COLUMN crash_aggregates.main_crashes_sent_twice IS 'Those of main_crashes that Firefox and its crash reporter both sent, under two ids: Glean main crashes without a minidump before Firefox 149 (bug 2007044). Half of them are copies, so rates count main_crashes - main_crashes_sent_twice / 2. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates.main_crashes IS 'Crash pings whose process type is main or absent, those in main_crashes_sent_twice included. Unit: crashes.';
