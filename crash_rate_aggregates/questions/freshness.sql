-- Freshness
-- The last submission date that is stored, when that was, how many of the last 28 submission dates
-- are missing, and how many stored days the other questions do not know yet, because they were stored
-- by an older version and are still to be summed up. A day is due at noon UTC of the day after it.
WITH due AS (
    SELECT {due_date} AS last_date
),

stored AS (
    SELECT max(submission_date) AS last_date, min(submission_date) AS first_date
    FROM crash_aggregates_current_runs
)

SELECT
    stored.last_date AS last_submission_date,
    run.finished_at AS stored_at,
    due.last_date AS due_submission_date,
    CASE
        WHEN stored.last_date IS NOT NULL THEN greatest(due.last_date - stored.last_date, 0)
    END AS days_behind,
    (
        SELECT count(*)
        FROM generate_series(due.last_date - 27, due.last_date, INTERVAL '1 day') AS day
        WHERE
            NOT EXISTS (
                SELECT FROM crash_aggregates_current_runs AS other
                WHERE other.submission_date = day::date
            )
            AND day >= coalesce(stored.first_date, due.last_date - 27)
    ) AS days_missing,
    (SELECT count(*) FROM crash_aggregates_days_to_sum_up) AS days_to_sum_up
FROM due
CROSS JOIN stored
LEFT JOIN crash_aggregates_current_runs AS run ON run.submission_date = stored.last_date
