-- Restatements
-- Runs that replaced the rows of an earlier run: aggregates, crashes and usage hours by channel
-- before and after, and which definition changed. Without one, the pings were others.
SELECT
    submission_date,
    finished_at AS restated_at,
    run_id,
    changed,
    channel,
    aggregates_before,
    aggregates_after,
    main_crashes_before,
    main_crashes_after,
    content_crashes_before,
    content_crashes_after,
    usage_hours_before,
    usage_hours_after
FROM crash_aggregates_restatements
WHERE submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
ORDER BY submission_date DESC, run_id DESC, usage_hours_after DESC NULLS LAST, channel
