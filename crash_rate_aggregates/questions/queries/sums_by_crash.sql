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
        count(*) FILTER (WHERE usage_hours > 0) AS days,
        sum(usage_hours) AS usage_hours
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
        sum(crashes) FILTER (WHERE usage_hours > 0) AS day_crashes,
        sum(crashes ^ 2 / nullif(usage_hours, 0)) AS squares
    FROM crash_days
    LEFT JOIN days USING (submission_date)
    GROUP BY {what}
),

-- Without any crash there is one row: of 0 crashes, or of what is not known.
sums AS (
    SELECT
        {what},
        CASE WHEN knows_crash_pings THEN coalesce(crashes, 0) END AS crashes,
        knows_crash_pings,
        usage_hours,
        crash_dispersion(
            days => days, usage_hours => usage_hours, crashes => day_crashes, squares => squares
        ) AS dispersion
    FROM used
    LEFT JOIN crashed ON true
)
