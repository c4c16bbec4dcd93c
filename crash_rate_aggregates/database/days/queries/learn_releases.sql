-- When releases were first used, of those that began within 100 days before the day, anew from the hours that
-- are stored: a build leaves the summary that is read here 83 days after it was made. Of later days, too: they
-- may have been stored before this one, so that each release is seen for 83 days, whatever came first.
WITH whole AS (
    -- What began before is not seen whole any more, or was dropped with its days: it stays as it was.
    SELECT greatest(%(submission_date)s::date - 100, min(submission_date) - 7) AS since
    FROM crash_aggregates_runs
),

days AS (
    SELECT
        build.application,
        build.channel,
        coalesce(named.label, build.build_version) AS label,
        build.build_age IS NOT NULL AS has_build,
        CASE min(named.source)
            WHEN 'pings' THEN 'pings' WHEN 'product-details' THEN 'product-details' ELSE 'version'
        END AS source,
        build.activity_date,
        sum(build.usage_seconds) AS seconds
    FROM crash_aggregates_by_build AS build
    LEFT JOIN crash_release_builds AS named
        ON named.application = build.application
        AND named.channel IS NOT DISTINCT FROM build.channel
        AND named.build_id = build.build_id
    WHERE
        build.activity_date
        BETWEEN %(submission_date)s::date - 100 AND %(submission_date)s::date + 166
    GROUP BY 1, 2, 3, 4, 6
),

shares AS (
    SELECT
        *,
        seconds / nullif(sum(seconds) OVER (PARTITION BY application, channel, activity_date), 0)
            AS share,
        min(activity_date) FILTER (WHERE seconds > 0)
            OVER (PARTITION BY application, channel, label, has_build) AS first_day,
        bool_or(has_build AND seconds > 0) OVER (PARTITION BY application, channel)
            AS has_builds
    FROM days
),

-- Hours without a build are those of old builds, of no release; but of applications that name no builds
-- they are all there is.
firsts AS (
    SELECT
        application,
        channel,
        label,
        min(source) AS source,
        first_day,
        min(activity_date) FILTER (WHERE share >= 0.01) AS first_day_1_percent,
        min(activity_date) FILTER (WHERE share >= 0.1) AS first_day_10_percent,
        min(activity_date) FILTER (WHERE share >= 0.5) AS first_day_50_percent
    FROM shares
    WHERE
        label IS NOT NULL
        AND (has_build OR NOT has_builds)
        AND seconds > 0
        AND first_day <= %(submission_date)s::date + 83
        AND activity_date <= first_day + 83
    GROUP BY application, channel, label, first_day
),

-- Its builds go by another name now, or its days are filled again without it.
forgotten AS (
    DELETE FROM crash_releases AS known
    WHERE
        known.first_day BETWEEN (SELECT since FROM whole) AND %(submission_date)s
        AND NOT EXISTS (
            SELECT
            FROM firsts
            WHERE
                firsts.application = known.application
                AND firsts.channel IS NOT DISTINCT FROM known.channel
                AND firsts.label = known.label
        )
)

INSERT INTO crash_releases AS known (
    application, channel, label, source, first_day,
    first_day_1_percent, first_day_10_percent, first_day_50_percent
)
SELECT * FROM firsts
ORDER BY application, channel, label
ON CONFLICT ON CONSTRAINT crash_releases_keys DO UPDATE
SET
    source = excluded.source,
    first_day = excluded.first_day,
    first_day_1_percent = excluded.first_day_1_percent,
    first_day_10_percent = excluded.first_day_10_percent,
    first_day_50_percent = excluded.first_day_50_percent
WHERE known.first_day >= (SELECT since FROM whole)
