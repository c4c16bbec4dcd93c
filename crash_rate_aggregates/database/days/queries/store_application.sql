INSERT INTO crash_applications AS stored (name, identifiers, usage_ping)
VALUES (%(name)s, %(identifiers)s, %(usage_ping)s)
ON CONFLICT (name) DO UPDATE
SET identifiers = excluded.identifiers, usage_ping = excluded.usage_ping
-- Or each run would write what is there, and wait for all others that do.
WHERE
    (stored.identifiers, stored.usage_ping)
    IS DISTINCT FROM (excluded.identifiers, excluded.usage_ping)
