-- The builds of a day that nothing names yet; the summary has those of the last 83 days.
SELECT DISTINCT build.application, build.channel, build.build_version, build.build_id
FROM crash_aggregates_by_build AS build
LEFT JOIN crash_release_builds AS named
    ON named.application = build.application
    AND named.channel IS NOT DISTINCT FROM build.channel
    AND named.build_id = build.build_id
WHERE
    build.submission_date = %(submission_date)s
    AND build.build_id IS NOT NULL
    AND build.build_version IS NOT NULL
    AND named.build_id IS NULL
ORDER BY 1, 2, 4, 3
