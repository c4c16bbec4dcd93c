-- Applications of which usage pings were counted, and none told of such hours.
SELECT carried.application
FROM crash_aggregates_current_runs AS run
JOIN crash_aggregates_carried AS carried USING (run_id)
WHERE
    run.submission_date >= coalesce(%(min_submission_date)s::date, '-infinity')
    AND run.submission_date <= coalesce(%(max_submission_date)s::date, 'infinity')
    AND carried.application IS NOT NULL
    AND carried.doc_type <> 'crash'
    AND carried.dimension = %(told_by)s
GROUP BY carried.application
HAVING sum(carried.pings) = 0
ORDER BY carried.application
