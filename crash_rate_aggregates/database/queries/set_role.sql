-- For the rest of the transaction, or until it is set to none.
SELECT set_config('role', %(role)s, true)
