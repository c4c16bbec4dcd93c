INSERT INTO crash_aggregates_process_sums (
    submission_date, activity_date, application, channel, process, crash_class, is_startup, source,
    crashes, sent_twice
)
SELECT
    submission_date,
    activity_date,
    application,
    channel,
    process,
    crash_class,
    is_startup,
    source,
    sum(crashes)::bigint,
    sum(sent_twice)::bigint
FROM crash_aggregates_by_process
WHERE submission_date = %(submission_date)s
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
