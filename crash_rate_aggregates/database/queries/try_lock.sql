-- Takes the lock, or answers without a row if another session has it.
SELECT FROM crash_aggregates_locks WHERE thing = %(thing)s FOR UPDATE SKIP LOCKED
