SELECT to_regclass('crash_aggregates_migrations') IS NOT NULL
