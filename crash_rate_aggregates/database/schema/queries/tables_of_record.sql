-- Those two of them that are there. to_regclass would not see what another session committed while this
-- one waited for the lock.
SELECT relname::text
FROM pg_class
WHERE
    relname IN ('crash_aggregates_migrations', 'crash_aggregates_definitions')
    AND pg_table_is_visible(oid)
