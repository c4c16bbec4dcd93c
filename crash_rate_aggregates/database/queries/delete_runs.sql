-- Their ledgers, totals and damaged files go with them.
DELETE FROM crash_aggregates_runs WHERE submission_date BETWEEN %(first)s AND %(last)s
