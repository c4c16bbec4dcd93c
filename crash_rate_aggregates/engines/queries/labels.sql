-- The name of each build of the day: as learned from pings of earlier days, else of this one, else from a
-- list of releases. Without one it goes by its version.
CREATE TEMP {kept} labels AS
SELECT
    builds.application,
    builds.channel,
    builds.build_id,
    CASE
        WHEN known_labels.is_learned THEN known_labels.label
        ELSE coalesce(own_labels.label, known_labels.label)
    END AS label,
    own_labels.label AS learned_label,
    coalesce(own_labels.pings, 0) AS learned_pings
FROM (
    SELECT DISTINCT coalesce(application, 'unknown') AS application, channel, build_id
    FROM winners
    WHERE build_id IS NOT NULL
) AS builds
LEFT JOIN own_labels
    ON own_labels.application = builds.application
    AND own_labels.channel IS NOT DISTINCT FROM builds.channel
    AND own_labels.build_id = builds.build_id
LEFT JOIN known_labels
    ON known_labels.application = builds.application
    AND known_labels.channel IS NOT DISTINCT FROM builds.channel
    AND known_labels.build_id = builds.build_id
