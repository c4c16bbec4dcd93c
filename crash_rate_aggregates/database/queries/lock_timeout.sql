-- For the rest of the transaction only.
SELECT set_config('lock_timeout', %(milliseconds)s::text, true)
