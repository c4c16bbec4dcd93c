-- Applications of which no usage ping carried what is asked for, or no crash ping where these must.
SELECT DISTINCT carried.application
FROM crash_aggregates_current_runs AS run
JOIN crash_aggregates_carried AS carried USING (run_id)
WHERE
    run.submission_date >= coalesce(%(min_submission_date)s::date, '-infinity')
    AND run.submission_date <= coalesce(%(max_submission_date)s::date, 'infinity')
    AND carried.application IS NOT NULL
    AND (carried.doc_type <> 'crash' OR %(in_crash_pings)s)
    AND carried.dimension = %(told_by)s
GROUP BY carried.application, carried.doc_type = 'crash'
HAVING sum(carried.pings) = 0
ORDER BY carried.application
