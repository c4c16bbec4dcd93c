-- Waits for the lock, which ends with the transaction.
SELECT FROM crash_aggregates_locks WHERE thing = %(thing)s FOR UPDATE
