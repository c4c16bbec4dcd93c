-- The counted pings as people are counted by: with the name of their build.
CREATE TEMP VIEW labeled AS
SELECT
    coalesce(winners.application, 'unknown') AS application,
    winners.channel,
    coalesce(labels.label, winners.build_version) AS label,
    winners.os_name,
    winners.os_version,
    winners.country,
    winners.doc_type <> 'crash' AS is_usage,
    winners.client_high,
    winners.client_low,
    winners.experiments,
    {stats}
FROM winners
LEFT JOIN labels
    ON labels.application = coalesce(winners.application, 'unknown')
    AND labels.channel IS NOT DISTINCT FROM winners.channel
    AND labels.build_id = winners.build_id
