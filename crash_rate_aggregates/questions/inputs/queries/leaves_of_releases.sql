-- A release and the one before it at the same ages and as late, by all dimensions that do not tell them
-- apart.
SELECT
    {dimensions},
    coalesce(sum({crashes}) FILTER (WHERE is_before), 0)::double precision,
    coalesce(sum(usage_hours) FILTER (WHERE is_before), 0),
    coalesce(sum({crashes}) FILTER (WHERE NOT is_before), 0)::double precision,
    coalesce(sum(usage_hours) FILTER (WHERE NOT is_before), 0)
FROM crash_aggregates AS stored
JOIN crash_applications AS known
    ON translate(stored.dimensions ->> 'application', '_.', '--') = ANY (known.identifiers)
LEFT JOIN crash_release_builds AS named
    ON named.application = known.name
    AND named.channel IS NOT DISTINCT FROM crash_channel(stored.dimensions ->> 'channel')
    AND named.build_id = stored.dimensions ->> 'build_id'
JOIN (
    VALUES
    (%(previous_label)s::text, %(previous_first)s::date, true),
    (%(label)s::text, %(first_day)s::date, false)
) AS side (label, first_day, is_before)
    ON side.label = coalesce(named.label, stored.dimensions ->> 'build_version')
    AND stored.activity_date BETWEEN side.first_day AND side.first_day + %(ages)s::integer - 1
WHERE
    known.name = %(application)s
    AND crash_channel(stored.dimensions ->> 'channel') = %(channel)s
    AND stored.submission_date BETWEEN side.first_day AND side.first_day + %(elapsed)s::integer
    -- For the planner, which prunes by constants.
    AND stored.submission_date BETWEEN %(previous_first)s AND %(last)s
GROUP BY {dimensions}
