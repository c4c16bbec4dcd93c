INSERT INTO crash_aggregates_run_totals (run_id, channel, aggregates, {stats})
SELECT %(run_id)s, channel, sum(aggregates), {sums}
FROM crash_aggregates_by_channel
WHERE submission_date = %(submission_date)s
GROUP BY channel
-- Those of a day that is folded anew are there already, and the same.
ON CONFLICT DO NOTHING
