-- Waits for an advisory lock that ends with the transaction; cras in ASCII, other programs will not
-- use it.
SELECT pg_advisory_xact_lock(x'63726173'::integer, -1)
