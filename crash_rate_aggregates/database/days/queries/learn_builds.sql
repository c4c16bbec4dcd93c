-- What people call the builds that a day has pings of: what most pings of all stored days say, of equally
-- many the first by text. What pings say goes before a list of releases.
INSERT INTO crash_release_builds (application, channel, build_id, label, source)
SELECT DISTINCT ON (application, channel, build_id)
    application, channel, build_id, learned_label, 'pings'
FROM (
    SELECT application, channel, build_id, learned_label, sum(learned_pings) AS pings
    FROM crash_aggregates_labels
    WHERE
        learned_label IS NOT NULL
        AND (application, coalesce(channel, ''), build_id) IN (
            SELECT application, coalesce(channel, ''), build_id
            FROM crash_aggregates_labels
            WHERE submission_date = %(submission_date)s
        )
    GROUP BY application, channel, build_id, learned_label
) AS said
ORDER BY application, channel, build_id, pings DESC, learned_label COLLATE "C"
ON CONFLICT ON CONSTRAINT crash_release_builds_keys DO UPDATE
SET label = excluded.label, source = excluded.source
WHERE (crash_release_builds.label, crash_release_builds.source) <> (excluded.label, excluded.source)
