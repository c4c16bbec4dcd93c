-- Takes the advisory lock, or says false at once if another session has it.
SELECT pg_try_advisory_xact_lock(%(namespace)s, %(thing)s)
