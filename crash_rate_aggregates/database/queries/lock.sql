-- Waits for an advisory lock that ends with the transaction.
SELECT pg_advisory_xact_lock(%(namespace)s, %(thing)s)
