-- Experiments: each branch against the control
-- Crashes of main and content processes (M+C-S) per 1,000 usage hours of each branch of the experiments of
-- an application, and the ratio to that of the branch in control_branch: the one called control, else the
-- first by name. The 95% interval is that of the normal approximation of log rates, where crashes vary more
-- than chance alone by the burst factor of their channels, as clients crash in bursts, and days leave out
-- themselves, as all branches have the same; one above or below 1 says that the branches differ. Branches
-- with few people are not shown. Dates are submission dates.
WITH days AS (
    SELECT
        experiment,
        branch,
        application,
        channel,
        sum(active_clients) AS active_clients,
        {sums}
    FROM crash_experiments
    WHERE
        application = %(application)s::text
        AND submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
        AND experiment <> 'other'
    GROUP BY experiment, branch, application, channel, submission_date
),

sums AS (
    SELECT
        experiment,
        branch,
        sum(active_clients)::bigint AS user_days,
        {sums_of_days}
    FROM days
    {variation}
    GROUP BY experiment, branch
),

known AS MATERIALIZED (
    SELECT crash_pings_known(
        %(application)s::text, NULL, %(first_date)s::date, %(last_date)s::date
    ) AS knows_crash_pings
),

rates AS (
    SELECT
        experiment,
        branch,
        first_value(branch) OVER (
            PARTITION BY experiment ORDER BY branch <> 'control', branch COLLATE "C"
        ) AS control_branch,
        user_days,
        usage_hours,
        min_usage_hours,
        whole_crashes AS crashes,
        per_1000_hours,
        burst_factor,
        {note} AS note
    FROM sums
    CROSS JOIN known
    CROSS JOIN crash_min_usage_hours() AS min_usage_hours
    CROSS JOIN LATERAL (
        SELECT crashes, burst_factor, log_sd
        FROM {kinds}
        WHERE kind = 'main_and_content_minus_shutdown'
    ) AS crashed
    CROSS JOIN LATERAL {rate}
)

SELECT
    tried.experiment,
    tried.branch,
    tried.control_branch,
    tried.user_days,
    tried.usage_hours,
    tried.min_usage_hours,
    tried.crashes,
    tried.per_1000_hours,
    ratio,
    ratio * exp(-1.959963984540054 * standard_error) AS ratio_lower_limit,
    ratio * exp(1.959963984540054 * standard_error) AS ratio_upper_limit,
    CASE
        WHEN tried.note IS NOT NULL THEN tried.note
        WHEN tried.branch = tried.control_branch THEN 'the control'
        WHEN control.note IS NOT NULL THEN 'control: ' || control.note
        WHEN ratio IS NULL THEN 'no crashes to compare'
    END AS note
FROM rates AS tried
JOIN rates AS control
    ON control.experiment = tried.experiment AND control.branch = tried.control_branch
LEFT JOIN LATERAL (
    SELECT
        -- Divided before the condition is looked at, so not by 0.
        tried.per_1000_hours / nullif(control.per_1000_hours, 0) AS ratio,
        sqrt(
            tried.burst_factor / nullif(tried.crashes, 0)
            + control.burst_factor / nullif(control.crashes, 0)
        ) AS standard_error
    WHERE tried.branch <> tried.control_branch AND tried.crashes > 0 AND control.crashes > 0
) AS compared ON true
ORDER BY tried.experiment, tried.branch <> tried.control_branch, tried.branch
