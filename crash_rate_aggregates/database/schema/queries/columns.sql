SELECT pg_class.oid::regclass::text, attname, col_description(attrelid, attnum)
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
WHERE attrelid = ANY (%(tables)s::text []::regclass []) AND attnum > 0 AND NOT attisdropped
