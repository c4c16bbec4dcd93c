-- Statements that take from everybody what needs no other right than to connect, and fills the disk
-- (large objects, messages in the log of changes) or the table of locks, without which no statement runs.
SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', pg_proc.oid::regprocedure)
FROM pg_proc
WHERE
    pronamespace = 'pg_catalog'::regnamespace
    AND (
        proname ~ '^(lo_|pg_(try_)?advisory_(xact_)?lock)'
        OR proname IN ('loread', 'lowrite', 'pg_logical_emit_message')
    )
    AND has_function_privilege('public', pg_proc.oid, 'EXECUTE')
