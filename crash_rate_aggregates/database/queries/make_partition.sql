SELECT crash_aggregates_make_partition(%(submission_date)s)
