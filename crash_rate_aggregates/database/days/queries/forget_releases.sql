-- Releases whose days, all within the 100 that are looked at, are not stored any more: by another name now.
DELETE FROM crash_releases AS known
WHERE
    known.first_day BETWEEN %(submission_date)s::date - 100 AND %(submission_date)s::date
    AND NOT EXISTS (
        SELECT
        FROM crash_aggregates_by_build AS build
        LEFT JOIN crash_release_builds AS named
            ON named.application = build.application
            AND named.channel IS NOT DISTINCT FROM build.channel
            AND named.build_id = build.build_id
        WHERE
            build.activity_date >= %(submission_date)s::date - 100
            AND build.application = known.application
            AND build.channel IS NOT DISTINCT FROM known.channel
            AND coalesce(named.label, build.build_version) = known.label
    )
