SELECT application, channel, build_id, label, source = 'pings' AS is_learned
FROM crash_release_builds
