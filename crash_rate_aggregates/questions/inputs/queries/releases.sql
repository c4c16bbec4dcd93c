-- Day 0 of each release is the first activity date with 1%% of the channel's hours, as in crash_releases,
-- but from what was stored up to the evening alone.
WITH days AS (
    SELECT
        build.application,
        build.channel,
        coalesce(named.label, build.build_version) AS label,
        build.build_age IS NOT NULL AS has_build,
        build.activity_date,
        sum(build.usage_seconds) AS seconds
    FROM crash_aggregates_by_build AS build
    JOIN crash_applications AS known ON known.name = build.application
    LEFT JOIN crash_release_builds AS named
        ON named.application = build.application
        AND named.channel IS NOT DISTINCT FROM build.channel
        AND named.build_id = build.build_id
    WHERE
        build.submission_date BETWEEN %(first)s AND %(last)s
        AND build.activity_date >= %(first)s
        AND build.channel IS NOT NULL
        AND build.channel <> 'other'
    GROUP BY 1, 2, 3, 4, 5
),

shares AS (
    SELECT
        *,
        seconds / nullif(sum(seconds) OVER (PARTITION BY application, channel, activity_date), 0)
            AS share,
        bool_or(has_build AND seconds > 0) OVER (PARTITION BY application, channel)
            AS has_builds
    FROM days
)

SELECT
    application,
    channel,
    label,
    min(activity_date) FILTER (WHERE share >= 0.01) AS first_day,
    max(share)::double precision AS greatest_share,
    coalesce(sum(share) FILTER (WHERE activity_date = %(last)s), 0)::double precision AS share_now
FROM shares
WHERE label IS NOT NULL AND (has_build OR NOT has_builds)
GROUP BY application, channel, label
HAVING min(activity_date) FILTER (WHERE share >= 0.01) > %(first)s
ORDER BY application, channel, first_day, crash_version_order(label), label
