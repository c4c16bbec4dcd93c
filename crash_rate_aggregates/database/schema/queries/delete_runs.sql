-- Their ledgers, totals and damaged files go with them.
WITH attempts AS (
    DELETE FROM crash_aggregates_open_attempts WHERE submission_date BETWEEN %(first)s AND %(last)s
)

DELETE FROM crash_aggregates_runs WHERE submission_date BETWEEN %(first)s AND %(last)s
