-- Statements that take from everybody what needs no other right than to connect, and fills the disk
-- (large objects) or the table of locks, without which no statement runs. Only functions that every version
-- of PostgreSQL has with the same parameters: a dump says this too, and is restored into later ones.
SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', pg_proc.oid::regprocedure)
FROM pg_proc
WHERE
    pronamespace = 'pg_catalog'::regnamespace
    AND (
        proname ~ '^(lo_|pg_(try_)?advisory_(xact_)?lock)'
        OR proname IN ('loread', 'lowrite')
    )
    AND has_function_privilege('public', pg_proc.oid, 'EXECUTE')
