-- Glean pings, and pings without a pair, match nothing there, so each of them stays.
CREATE TEMP VIEW winners AS
SELECT {columns}
FROM one_of_each_id
ANTI JOIN lost_by_minidump USING (ping)
ANTI JOIN sent_as_both USING (pair_high, pair_low, is_glean)
