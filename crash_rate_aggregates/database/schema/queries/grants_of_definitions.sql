-- Who may what with views and functions, as statements that say it again. Not the owner's own rights and
-- not everybody's to call a function: a new one has these by itself, unless functions.sql takes them.
SELECT
    given.name,
    format(
        'GRANT %%s ON %%s %%s TO %%s%%s',
        one.privilege_type,
        given.kind,
        given.name,
        coalesce(quote_ident(role.rolname), 'PUBLIC'),
        CASE WHEN one.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    )
FROM (
    SELECT 'TABLE' AS kind, oid::regclass::text AS name, relowner AS owner, relacl AS rights
    FROM pg_class
    WHERE oid IN (SELECT to_regclass(name) FROM unnest(%(views)s::text []) AS name)
    UNION ALL
    SELECT 'FUNCTION', oid::regprocedure::text, proowner, proacl
    FROM pg_proc
    WHERE oid IN (SELECT to_regprocedure(name) FROM unnest(%(functions)s::text []) AS name)
) AS given
CROSS JOIN LATERAL aclexplode(given.rights) AS one
LEFT JOIN pg_roles AS role ON role.oid = one.grantee
WHERE one.grantee <> given.owner AND (one.grantee <> 0 OR given.kind = 'TABLE')
