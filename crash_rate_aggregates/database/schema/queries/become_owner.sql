-- For the rest of the transaction: what a superuser makes here must not be a superuser's, least of all the
-- function that makes partitions, as it runs with the rights of whom it belongs to.
SELECT set_config('role', pg_get_userbyid(relowner), true)
FROM pg_class
WHERE
    relname = 'crash_aggregates_migrations'
    AND pg_table_is_visible(oid)
    AND pg_has_role(relowner, 'MEMBER')
