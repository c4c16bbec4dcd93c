crash_aggregates
LEFT JOIN crash_release_builds AS named
    ON named.application = coalesce(dimensions ->> 'application', 'unknown')
    AND named.channel IS NOT DISTINCT FROM crash_channel(dimensions ->> 'channel')
    AND named.build_id = dimensions ->> 'build_id'
