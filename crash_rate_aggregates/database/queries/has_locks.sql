SELECT to_regclass('crash_aggregates_locks') IS NOT NULL
