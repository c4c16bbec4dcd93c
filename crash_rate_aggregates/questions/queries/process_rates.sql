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
        application = ANY (%(untold)s::text[]) AS is_untold,
        submission_date,
        sum(ping_count) AS ping_count,
        {hours}
    FROM used
    GROUP BY groups, application, submission_date
),

crashed AS (
    SELECT
        ARRAY[{groups}]::text[] AS groups,
        ARRAY[{crash_groups}]::text[] AS crash_groups,
        application,
        submission_date,
        crash_class IS DISTINCT FROM %(shutdown_kill)s AS is_in_rates,
        sum(crashes) AS crashes,
        sum(sent_twice) AS sent_twice
    FROM crash_process_counts
    WHERE
        source = %(source)s
        AND submission_date >= coalesce(%(min_submission_date)s::date, '-infinity')
        AND submission_date <= coalesce(%(max_submission_date)s::date, 'infinity')
    GROUP BY groups, crash_groups, application, submission_date, is_in_rates
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

days AS (
    SELECT
        groups,
        submission_date,
        bool_or(is_untold) AS is_untold,
        sum(ping_count) AS ping_count,
        bool_or(application IN (SELECT application FROM known)) AS knows_crashes,
        {hours}
    FROM told
    GROUP BY groups, submission_date
),

hours AS (
    SELECT
        groups,
        bool_or(is_untold) AS is_untold,
        sum(ping_count)::bigint AS ping_count,
        bool_or(knows_crashes) AS knows_crashes,
        count(*) FILTER (WHERE usage_hours > 0) AS days,
        sum(usage_hours) AS day_hours,
        {hours}
    FROM days
    GROUP BY groups
),

crash_days AS (
    SELECT
        groups,
        crash_groups,
        submission_date,
        crash_main(sum(crashes), sum(sent_twice)) AS crashes
    FROM crashed
    WHERE is_in_rates AND application <> ALL (%(untold)s::text[])
    GROUP BY groups, crash_groups, submission_date
),

crash_sums AS (
    SELECT
        groups,
        crash_groups,
        sum(crashes) AS crashes,
        sum(crashes) FILTER (WHERE usage_hours > 0) AS day_crashes,
        sum(crashes ^ 2 / nullif(usage_hours, 0)) AS squares
    FROM crash_days
    LEFT JOIN days USING (groups, submission_date)
    GROUP BY groups, crash_groups
),

sums AS (
    SELECT
        groups,
        crash_groups,
        coalesce(ping_count, 0) AS ping_count,
        coalesce(is_untold, false) AS is_untold,
        -- A group of crashes alone has no hours; one whose hours a day did not count has unknown ones.
        CASE WHEN hours.days IS NULL THEN 0 ELSE usage_hours END AS usage_hours,
        CASE
            WHEN NOT coalesce(is_untold, false) AND (knows_crashes OR crashes IS NOT NULL)
            THEN coalesce(crashes, 0)
        END AS crashes,
        coalesce(knows_crashes, false) OR crashes IS NOT NULL AS knows_crash_pings,
        crash_dispersion(
            days => days, usage_hours => day_hours, crashes => day_crashes, squares => squares
        ) AS dispersion
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
    dispersion,
    {hours_note} AS note
FROM sums
CROSS JOIN coalesce(
    %(min_usage_hours)s::double precision, crash_min_usage_hours()
) AS min_usage_hours
CROSS JOIN LATERAL {rate}
ORDER BY usage_hours DESC NULLS LAST, {order}groups, crashes DESC NULLS LAST, crash_groups
