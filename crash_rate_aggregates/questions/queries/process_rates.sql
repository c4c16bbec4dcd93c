-- Crashes by what crashed are of crash_aggregates_by_process; hours are of crash_aggregates, by the same
-- values folded in the same way, and without what divides crashes alone. Both meet in the groups that
-- they share.
WITH countries AS (
    SELECT submission_date, country
    FROM (
        SELECT
            submission_date,
            country,
            row_number() OVER (
                PARTITION BY submission_date
                ORDER BY sum(usage_seconds) DESC, country COLLATE "C"
            ) AS place
        FROM crash_aggregates_by_country
        WHERE
            country IS NOT NULL
            AND submission_date >= coalesce(%(min_submission_date)s::date, '-infinity')
            AND submission_date <= coalesce(%(max_submission_date)s::date, 'infinity')
        GROUP BY submission_date, country
    ) AS ranked
    WHERE place <= %(named_countries)s
),

used AS (
    SELECT
        submission_date,
        activity_date,
        coalesce(dimensions ->> 'application', 'unknown') AS application,
        crash_channel(dimensions ->> 'channel') AS channel,
        dimensions ->> 'build_version' AS build_version,
        dimensions ->> 'build_id' AS build_id,
        coalesce(named.label, dimensions ->> 'build_version') AS label,
        dimensions ->> 'os_name' AS os_name,
        crash_os_version(dimensions ->> 'os_version') AS os_version,
        dimensions ->> 'architecture' AS architecture,
        CASE
            WHEN
                dimensions ->> 'country' IS NULL
                OR (submission_date, dimensions ->> 'country') IN (
                    SELECT submission_date, country FROM countries
                )
            THEN dimensions ->> 'country'
            ELSE 'other'
        END AS country,
        ping_count,
        usage_seconds,
        active_seconds
    FROM {rows}
    WHERE
        submission_date >= coalesce(%(min_submission_date)s::date, '-infinity')
        AND submission_date <= coalesce(%(max_submission_date)s::date, 'infinity')
),

stored AS (
    SELECT
        ARRAY[{groups}]::text[] AS groups,
        application,
        channel,
        {day} AS day,
        application = ANY (%(untold)s::text[]) AS is_untold,
        sum(ping_count) AS ping_count,
        {hours}
    FROM used
    GROUP BY groups, application, channel, day
),

crashed AS (
    SELECT
        ARRAY[{groups}]::text[] AS groups,
        ARRAY[{crash_groups}]::text[] AS crash_groups,
        application,
        channel,
        {day} AS day,
        crash_class IS DISTINCT FROM %(shutdown_kill)s AS is_in_rates,
        sum(crashes) AS crashes,
        sum(sent_twice) AS sent_twice
    FROM crash_process_counts
    WHERE
        source = %(source)s
        AND submission_date >= coalesce(%(min_submission_date)s::date, '-infinity')
        AND submission_date <= coalesce(%(max_submission_date)s::date, 'infinity')
    GROUP BY groups, crash_groups, application, channel, day, is_in_rates
),

-- Applications of which the source told a crash that has all that was asked for: of others it tells
-- nothing, also not that there was none.
known AS (
    SELECT DISTINCT application
    FROM crashed
    WHERE array_position(groups, NULL) IS NULL
),

-- Without the applications that tell no such hours, where the group has others.
told AS (
    SELECT *
    FROM stored
    WHERE NOT is_untold OR groups NOT IN (SELECT groups FROM stored WHERE NOT is_untold)
),

-- What crashed has no variation of its own: it is taken to vary as the channel's main and content crashes do.
told_varying AS (
    SELECT
        told.*,
        coalesce(main_and_content_minus_shutdown_burst_factor, crash_assumed_burst_factor())
        AS burst_factor,
        coalesce(main_and_content_minus_shutdown_day_sd, crash_assumed_day_sd()) AS day_sd
    FROM told
    {variation}
),

hours AS (
    SELECT
        groups,
        bool_or(is_untold) AS is_untold,
        sum(ping_count)::bigint AS ping_count,
        bool_or(application IN (SELECT application FROM known)) AS knows_crashes,
        -- Else there are late pings alone; days that are submission dates are among them.
        bool_and({is_asked}) AS is_asked,
        bool_and(
            {is_asked} AND day IN (SELECT submission_date FROM crash_aggregates_runs)
        ) AS is_stored,
        {hours},
        sum(burst_factor * usage_hours) / nullif(sum(usage_hours), 0) AS burst_factor,
        sqrt(sum((day_sd * usage_hours) ^ 2)) / nullif(sum(usage_hours), 0) AS log_sd
    FROM told_varying
    GROUP BY groups
),

crash_days AS (
    SELECT
        groups,
        crash_groups,
        application,
        channel,
        crash_main(sum(crashes), sum(sent_twice)) AS crashes
    FROM crashed
    WHERE is_in_rates AND application <> ALL (%(untold)s::text[])
    GROUP BY groups, crash_groups, application, channel, day
),

crashes_varying AS (
    SELECT
        crash_days.*,
        coalesce(main_and_content_minus_shutdown_burst_factor, crash_assumed_burst_factor())
        AS burst_factor,
        coalesce(main_and_content_minus_shutdown_day_sd, crash_assumed_day_sd()) AS day_sd
    FROM crash_days
    {variation}
),

crash_sums AS (
    SELECT
        groups,
        crash_groups,
        sum(crashes) AS crashes,
        sum(burst_factor * crashes) / nullif(sum(crashes), 0) AS burst_factor,
        sqrt(sum((day_sd * crashes) ^ 2)) / nullif(sum(crashes), 0) AS log_sd
    FROM crashes_varying
    GROUP BY groups, crash_groups
),

-- Without crashes a group varies by its hours.
sums AS (
    SELECT
        groups,
        crash_groups,
        coalesce(ping_count, 0) AS ping_count,
        coalesce(is_untold, false) AS is_untold,
        coalesce(is_asked, true) AS is_asked,
        coalesce(is_stored, true) AS is_stored,
        -- A group of crashes alone has no hours; one whose hours a day did not count has unknown ones.
        CASE WHEN hours.knows_crashes IS NULL THEN 0 ELSE usage_hours END AS usage_hours,
        CASE
            WHEN NOT coalesce(is_untold, false) AND (knows_crashes OR crashes IS NOT NULL)
            THEN coalesce(crashes, 0)
        END AS crashes,
        coalesce(knows_crashes, false) OR crashes IS NOT NULL AS knows_crash_pings,
        coalesce(crash_sums.burst_factor, hours.burst_factor) AS burst_factor,
        coalesce(crash_sums.log_sd, hours.log_sd) AS log_sd
    FROM hours
    FULL JOIN crash_sums USING (groups)
)

SELECT
    groups,
    coalesce(crash_groups, array_fill(NULL::text, ARRAY[%(crash_names)s])) AS crash_groups,
    ping_count,
    CASE WHEN NOT is_untold THEN usage_hours END AS usage_hours,
    min_usage_hours,
    whole_crashes AS crashes,
    per_1000_hours,
    lower_limit AS lower,
    upper_limit AS upper,
    burst_factor,
    log_sd,
    {hours_note} AS note
FROM sums
CROSS JOIN coalesce(
    %(min_usage_hours)s::double precision, crash_min_usage_hours()
) AS min_usage_hours
CROSS JOIN LATERAL {rate_of_dates}
ORDER BY usage_hours DESC NULLS LAST, {order}groups, crashes DESC NULLS LAST, crash_groups
