-- One pass over the day's rows groups them by the values of each summary; what is left, a tenth of
-- the rows, is folded. by_channel is made from the groups of by_build. Rows of an
-- application's channel are stored side by side, as most questions ask for one.
WITH stored AS NOT MATERIALIZED (
    SELECT
        activity_date,
        dimensions ->> 'application' AS application,
        dimensions ->> 'channel' AS channel,
        dimensions ->> 'build_version' AS build_version,
        dimensions ->> 'build_id' AS build_id,
        dimensions ->> 'os_name' AS os_name,
        dimensions ->> 'os_version' AS os_version,
        dimensions ->> 'country' AS country,
        dimensions ->> 'architecture' AS architecture,
        {stats}
    FROM crash_aggregates
    WHERE submission_date = %(submission_date)s
),

grouped AS MATERIALIZED (
    SELECT
        GROUPING(build_version, os_name) = 1 AS is_by_build,
        GROUPING(os_version) = 0 AS is_by_system,
        GROUPING(country, os_name) = 1 AS is_by_country,
        GROUPING(country, os_name) = 0 AS is_by_stratum,
        activity_date,
        application,
        channel,
        build_version,
        build_id,
        os_name,
        os_version,
        country,
        architecture,
        count(*) AS aggregates,
        {sums}
    FROM stored
    GROUP BY GROUPING SETS (
        (activity_date, application, channel, build_version, build_id),
        (application, channel, os_name, os_version),
        (application, channel, country, architecture),
        (
            activity_date,
            application,
            channel,
            build_version,
            build_id,
            os_name,
            architecture,
            country
        )
    )
),

-- Each name that pings gave, and what people call it. Clients can send any: beyond the 20 most frequent
-- unknown ones all are one.
named AS MATERIALIZED (
    SELECT
        given,
        CASE
            WHEN given IS NULL THEN 'unknown'
            WHEN name IS NOT NULL THEN name
            WHEN row_number() OVER (PARTITION BY name ORDER BY rows DESC, given) <= 20 THEN given
            ELSE 'other'
        END AS application
    FROM (
        SELECT application AS given, sum(aggregates) AS rows
        FROM grouped
        WHERE is_by_system AND application IS NOT NULL
        GROUP BY application
        UNION ALL
        SELECT NULL, 0
    ) AS applications
    LEFT JOIN LATERAL (
        SELECT name
        FROM crash_applications
        WHERE translate(given, '_.', '--') = ANY (identifiers)
        ORDER BY name
        LIMIT 1
    ) AS known ON true
),

folded AS MATERIALIZED (
    SELECT
        is_by_build,
        is_by_system,
        is_by_country,
        is_by_stratum,
        activity_date,
        named.application,
        channel,
        build_version,
        build_id,
        os_name,
        os_version,
        country,
        architecture,
        aggregates,
        {stats}
    FROM grouped
    JOIN named ON named.given IS NOT DISTINCT FROM grouped.application
),

named_countries AS MATERIALIZED (
    SELECT application, country
    FROM (
        SELECT
            application,
            country,
            row_number() OVER (
                PARTITION BY application ORDER BY sum(usage_seconds) DESC, country
            ) AS place
        FROM folded
        WHERE is_by_country AND country IS NOT NULL
        GROUP BY application, country
    ) AS countries
    WHERE place <= %(stratum_countries)s
),

by_channel AS (
    INSERT INTO crash_aggregates_by_channel (
        submission_date, activity_date, application, channel, aggregates, {stats}
    )
    SELECT
        %(submission_date)s,
        activity_date,
        application,
        crash_channel(channel),
        sum(aggregates),
        {sums}
    FROM folded
    WHERE is_by_build
    GROUP BY 2, 3, 4
),

by_build AS (
    INSERT INTO crash_aggregates_by_build (
        submission_date,
        activity_date,
        application,
        channel,
        build_version,
        build_id,
        build_age,
        aggregates,
        {stats}
    )
    SELECT
        %(submission_date)s,
        activity_date,
        application,
        crash_channel(channel),
        build_version,
        CASE WHEN build_age IS NOT NULL THEN build_id END,
        build_age,
        sum(aggregates),
        {sums}
    FROM (
        SELECT folded.*, crash_build_age(build_id, activity_date) AS build_age
        FROM folded
        WHERE is_by_build
        OFFSET 0 -- Or the age would be computed anew wherever it is used.
    ) AS aged
    GROUP BY 2, 3, 4, 5, 6, 7
    ORDER BY 3, 4, 6
),

by_stratum AS (
    INSERT INTO crash_aggregates_by_stratum (
        submission_date,
        activity_date,
        application,
        channel,
        build_version,
        build_id,
        os_name,
        architecture,
        country,
        aggregates,
        {stats}
    )
    SELECT
        %(submission_date)s,
        activity_date,
        application,
        crash_channel(channel),
        CASE WHEN build_id IS NULL OR is_recent THEN build_version END,
        CASE WHEN is_recent THEN build_id END,
        os_name,
        architecture,
        CASE WHEN is_named OR country IS NULL THEN country ELSE 'other' END,
        sum(aggregates),
        {sums}
    FROM (
        SELECT
            folded.*,
            crash_build_age(build_id, activity_date) IS NOT NULL AS is_recent,
            named_countries.country IS NOT NULL AS is_named
        FROM folded
        LEFT JOIN named_countries
            ON named_countries.application = folded.application
            AND named_countries.country = folded.country
        WHERE is_by_stratum
        OFFSET 0
    ) AS placed
    GROUP BY 2, 3, 4, 5, 6, 7, 8, 9
    ORDER BY 3, 4, 6, 2
),

by_system AS (
    INSERT INTO crash_aggregates_by_system (
        submission_date, application, channel, os_name, os_version, aggregates, {stats}
    )
    SELECT
        %(submission_date)s,
        application,
        crash_channel(channel),
        os_name,
        crash_os_version(os_version),
        sum(aggregates),
        {sums}
    FROM folded
    WHERE is_by_system
    GROUP BY 2, 3, 4, 5
    ORDER BY 2, 3
)

INSERT INTO crash_aggregates_by_country (
    submission_date, application, channel, country, architecture, aggregates, {stats}
)
SELECT
    %(submission_date)s,
    application,
    crash_channel(channel),
    country,
    architecture,
    sum(aggregates),
    {sums}
FROM folded
WHERE is_by_country
GROUP BY 2, 3, 4, 5
ORDER BY 2, 3
