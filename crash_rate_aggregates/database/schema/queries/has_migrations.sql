-- to_regclass would not see what another session committed while this one waited for the lock.
SELECT EXISTS (
    SELECT FROM pg_class
    WHERE relname = 'crash_aggregates_migrations' AND pg_table_is_visible(oid)
)
