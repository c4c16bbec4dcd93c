-- Alert: a submission date is missing
-- How many of the last 14 submission dates are not stored. A day is due at noon UTC of the day after
-- it. One row; above 0 something is wrong.
WITH due AS (
    SELECT day::date AS submission_date
    FROM
        generate_series(
            {due_date} - 13,
            {due_date},
            INTERVAL '1 day'
        ) AS day
),

missing AS (
    SELECT submission_date
    FROM due
    WHERE
        NOT EXISTS (
            SELECT FROM crash_aggregates_runs AS run
            WHERE run.submission_date = due.submission_date
        )
        -- Before the first stored day nothing is missing; without any, all is.
        AND submission_date >= coalesce(
            (SELECT min(submission_date) FROM crash_aggregates_runs), submission_date
        )
)

SELECT
    count(*) AS days_missing,
    min(submission_date) AS first_missing,
    max(submission_date) AS last_missing
FROM missing
