-- Crashes of crash pings by what crashed have no variation of their own: they are taken to vary as the
-- channel's main and content crashes do.
varying AS (
    SELECT
        coalesce(max(main_and_content_minus_shutdown_burst_factor), crash_assumed_burst_factor())
        AS burst_factor,
        coalesce(max(main_and_content_minus_shutdown_day_sd), crash_assumed_day_sd()) AS day_sd
    FROM crash_current_variation
    WHERE application = %(application)s::text AND channel = %(channel)s::text
),

days AS (
    SELECT submission_date, {hours}
    FROM crash_aggregates_by_channel
    WHERE
        application = %(application)s::text
        AND channel = %(channel)s::text
        AND submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
    GROUP BY submission_date
),

used AS (
    SELECT
        crash_pings_known(
            %(application)s::text, NULL, %(first_date)s::date, %(last_date)s::date
        ) AS knows_crash_pings,
        sum(usage_hours) AS usage_hours,
        sqrt(sum(usage_hours ^ 2)) / nullif(sum(usage_hours), 0) AS share_of_days
    FROM days
    HAVING count(*) > 0
),

crash_days AS (
    SELECT
        submission_date,
        {what},
        crash_main(sum(crashes), sum(sent_twice)) AS crashes
    FROM crash_aggregates_process_sums
    WHERE
        application = %(application)s::text
        AND channel = %(channel)s::text
        AND submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
        AND source = 'crash ping'
        AND crash_class <> 'shutdown kill'
    GROUP BY submission_date, {what}
),

crashed AS (
    SELECT
        {what},
        sum(crashes) AS crashes,
        sqrt(sum(crashes ^ 2)) / nullif(sum(crashes), 0) AS share_of_days
    FROM crash_days
    GROUP BY {what}
),

-- Without any crash there is one row: of 0 crashes, or of what is not known.
sums AS (
    SELECT
        {what},
        CASE WHEN knows_crash_pings THEN coalesce(crashes, 0) END AS crashes,
        knows_crash_pings,
        usage_hours,
        burst_factor,
        day_sd * coalesce(crashed.share_of_days, used.share_of_days) AS log_sd
    FROM used
    CROSS JOIN varying
    LEFT JOIN crashed ON true
)
