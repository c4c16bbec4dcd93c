-- For the rest of the transaction; it cannot be taken back once a statement has run.
SELECT set_config('transaction_read_only', 'on', true)
