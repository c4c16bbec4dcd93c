-- A stat is appended last, in stats.STATS too; days that are stored had none of it.

ALTER TABLE crash_aggregates ADD COLUMN main_crashes_sent_twice bigint NOT NULL DEFAULT 0;

COMMENT ON COLUMN crash_aggregates.main_crashes_sent_twice IS 'Main process crashes without a minidump that the client sent twice: main_crashes counts both, rates take off half. Unit: crashes.';
