DELETE FROM crash_aggregates WHERE submission_date = %(submission_date)s
