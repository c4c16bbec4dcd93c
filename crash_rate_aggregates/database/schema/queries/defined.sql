-- All views and functions of the schema, somebody else's too.
SELECT oid::regclass::text AS name, true AS is_view
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'v'
UNION ALL
SELECT oid::regprocedure::text, false
FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace
