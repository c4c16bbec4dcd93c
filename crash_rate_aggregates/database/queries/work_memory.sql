-- For the rest of the transaction only.
SELECT set_config('work_mem', %(work_memory)s, true)
