-- Each alarm, and each verdict of worse, with its newest run of evenings: evenings in a row on which it
-- was said. An alarm that ended has a row on that evening too, a verdict has none.
WITH current_assessments AS (
    SELECT DISTINCT ON (submission_date)
        assessment_id,
        submission_date,
        -- One that was repeated later was heard of when it was said first.
        min(assessed_at) OVER (PARTITION BY submission_date) AS first_assessed_at
    FROM crash_assessments
    ORDER BY submission_date, assessment_id DESC
),

evenings AS (
    SELECT *, row_number() OVER (ORDER BY submission_date) AS evening
    FROM current_assessments
),

said AS (
    SELECT
        evening,
        alarm_id,
        application,
        channel,
        NULL AS label,
        NULL AS previous_label,
        NULL AS method,
        kind,
        begun AS since,
        state,
        words,
        ratio,
        machines
    FROM crash_alarms
    JOIN evenings USING (assessment_id)
    UNION ALL
    SELECT
        evening,
        NULL,
        application,
        channel,
        label,
        previous_label,
        method,
        kind,
        coalesce(since, first_day),
        state,
        words,
        ratio,
        NULL
    FROM crash_verdicts
    JOIN evenings USING (assessment_id)
    WHERE is_decisive AND state = 'worse'
),

in_runs AS (
    SELECT
        *,
        evening - row_number() OVER (
            PARTITION BY alarm_id, application, channel, label, kind ORDER BY evening
        ) AS run
    FROM said
),

runs AS (
    SELECT
        alarm_id,
        application,
        channel,
        label,
        kind,
        min(evening) AS first_evening,
        max(evening) AS last_evening,
        (array_agg(previous_label ORDER BY evening DESC))[1] AS previous_label,
        (array_agg(method ORDER BY evening DESC))[1] AS method,
        (array_agg(since ORDER BY evening DESC))[1] AS since,
        (array_agg(state ORDER BY evening DESC))[1] AS state,
        (array_agg(words ORDER BY evening DESC))[1] AS words,
        (array_agg(ratio ORDER BY evening) FILTER (WHERE ratio IS NOT NULL))[1] AS first_ratio,
        (array_agg(ratio ORDER BY evening DESC) FILTER (WHERE ratio IS NOT NULL))[1] AS ratio,
        (array_agg(machines ORDER BY evening DESC))[1] AS machines
    FROM in_runs
    GROUP BY alarm_id, application, channel, label, kind, run
),

newest_runs AS (
    SELECT DISTINCT ON (alarm_id, application, channel, label, kind) *
    FROM runs
    ORDER BY alarm_id, application, channel, label, kind, last_evening DESC
)

SELECT
    run.*,
    -- Below 0 while it is lit, 0 on the evening on which it is over.
    (SELECT max(evening) FROM evenings) - run.last_evening
    - (run.state NOT IN ('ended', 'new level'))::integer AS evenings_over,
    before.first_assessed_at AS quiet_at,
    verdict.words AS words_after
FROM newest_runs AS run
LEFT JOIN evenings AS before ON before.evening = run.first_evening - 1
LEFT JOIN evenings AS after ON after.evening = run.last_evening + 1
LEFT JOIN crash_verdicts AS verdict
    ON
        verdict.assessment_id = after.assessment_id
        AND verdict.is_decisive
        AND verdict.application = run.application
        AND verdict.channel = run.channel
        AND verdict.label = run.label
        AND verdict.kind = run.kind
