INSERT INTO crash_aggregates_locks (thing) VALUES (%(thing)s) ON CONFLICT DO NOTHING
