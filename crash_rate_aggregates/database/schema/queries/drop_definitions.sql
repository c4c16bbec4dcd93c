-- The statements that drop those of the views and functions that are there.
SELECT 'DROP VIEW ' || string_agg(to_regclass(name)::text, ', ') AS statement
FROM unnest(%(views)s::text []) AS name
HAVING count(to_regclass(name)) > 0
UNION ALL
SELECT 'DROP FUNCTION ' || string_agg(to_regprocedure(name)::text, ', ')
FROM unnest(%(functions)s::text []) AS name
HAVING count(to_regprocedure(name)) > 0
