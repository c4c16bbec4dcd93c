-- The days of an alarm and those before it, by all dimensions.
SELECT
    {dimensions},
    coalesce(sum({crashes}) FILTER (WHERE activity_date < %(first_day)s), 0)::double precision,
    coalesce(sum(usage_hours) FILTER (WHERE activity_date < %(first_day)s), 0),
    coalesce(sum({crashes}) FILTER (WHERE activity_date >= %(first_day)s), 0)::double precision,
    coalesce(sum(usage_hours) FILTER (WHERE activity_date >= %(first_day)s), 0)
FROM crash_aggregates AS stored
JOIN crash_applications AS known
    ON translate(stored.dimensions ->> 'application', '_.', '--') = ANY (known.identifiers)
WHERE
    known.name = %(application)s
    AND crash_channel(stored.dimensions ->> 'channel') = %(channel)s
    AND stored.activity_date BETWEEN %(before_first)s AND %(last)s
    AND stored.submission_date BETWEEN %(before_first)s AND %(last)s
GROUP BY {dimensions}
