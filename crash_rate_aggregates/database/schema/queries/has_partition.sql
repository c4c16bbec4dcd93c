SELECT EXISTS (
    SELECT FROM pg_inherits
    JOIN pg_class ON pg_class.oid = pg_inherits.inhrelid
    WHERE pg_inherits.inhparent = 'crash_aggregates'::regclass AND pg_class.relname = %(partition)s
)
