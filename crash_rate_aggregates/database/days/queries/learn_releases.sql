-- When releases were first used, of those in use within 100 days before the day, anew from the hours that are
-- stored: a build leaves the summary that is read here 83 days after it was made.
WITH days AS (
    SELECT
        build.application,
        build.channel,
        coalesce(named.label, build.build_version) AS label,
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
    WHERE build.activity_date BETWEEN %(submission_date)s::date - 100 AND %(submission_date)s::date
    GROUP BY 1, 2, 3, 5
),

shares AS (
    SELECT
        *,
        seconds / nullif(sum(seconds) OVER (PARTITION BY application, channel, activity_date), 0)
            AS share
    FROM days
),

firsts AS (
    SELECT
        application,
        channel,
        label,
        min(source) AS source,
        min(activity_date) AS first_day,
        min(activity_date) FILTER (WHERE share >= 0.01) AS first_day_1_percent,
        min(activity_date) FILTER (WHERE share >= 0.1) AS first_day_10_percent,
        min(activity_date) FILTER (WHERE share >= 0.5) AS first_day_50_percent
    FROM shares
    WHERE label IS NOT NULL AND seconds > 0
    GROUP BY 1, 2, 3
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
-- One that began before the 100 days is not seen whole any more: it stays as it was.
WHERE known.first_day >= %(submission_date)s::date - 100
