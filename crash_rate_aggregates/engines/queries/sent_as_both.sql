-- Builds and processes whose crashes without a minidump's hash were sent as v4 and as Glean pings: the
-- day holds at least as many of the latter. is_glean is that of the pings that this leaves out.
CREATE TEMP {kept} sent_as_both AS
SELECT pair_high, pair_low, FALSE AS is_glean, count(*) FILTER (WHERE NOT is_glean) AS pings
FROM one_of_each_id
ANTI JOIN lost_by_minidump USING (ping)
WHERE pair_high IS NOT NULL
GROUP BY pair_high, pair_low
HAVING
    count(*) FILTER (WHERE NOT is_glean) > 0
    AND count(*) FILTER (WHERE is_glean) >= count(*) FILTER (WHERE NOT is_glean)
