-- Statements that give to the owner what was made before there were roles.
SELECT format('ALTER TABLE %%s OWNER TO %%I', pg_class.oid::regclass, %(owner)s::text)
FROM pg_class
WHERE
    relnamespace = current_schema()::regnamespace
    AND starts_with(relname, 'crash_')
    AND relkind IN ('r', 'p', 'v')
    AND relowner <> %(owner)s::regrole
UNION ALL
SELECT format('ALTER FUNCTION %%s OWNER TO %%I', pg_proc.oid::regprocedure, %(owner)s::text)
FROM pg_proc
WHERE
    pronamespace = current_schema()::regnamespace
    AND starts_with(proname, 'crash_')
    AND proowner <> %(owner)s::regrole
