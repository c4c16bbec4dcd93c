-- Distinct clients at each level. Active ones are counted apart from those that crashed, which are few:
-- of these alone it is kept how often each did, and only until the day is summed up.
WITH present AS (
    SELECT {level} AS level, application, channel, {level_columns}, client_high, client_low
    FROM labeled
    WHERE is_usage AND client_high IS NOT NULL
    GROUP BY GROUPING SETS ({level_sets})
),

active AS (
    SELECT level, application, channel, {level_columns}, count(*) AS active_clients
    FROM present
    GROUP BY level, application, channel, {level_columns}
),

crashing AS (
    SELECT DISTINCT client_high, client_low
    FROM labeled
    WHERE client_high IS NOT NULL AND {any_crashes} > 0
),

people AS (
    SELECT
        {level} AS level,
        application,
        channel,
        {level_columns},
        client_high,
        client_low,
        sum(usage_seconds) AS usage_seconds,
        {kind_sums}
    FROM labeled
    SEMI JOIN crashing USING (client_high, client_low)
    GROUP BY GROUPING SETS ({level_sets})
),

crashed AS (
    SELECT
        level,
        application,
        channel,
        {level_columns},
        usage_seconds,
        kinds.kind,
        {crashes_of_kind} AS crashes
    FROM people
    CROSS JOIN (VALUES {kinds}) AS kinds (kind)
),

-- Of clients that crashed equally often the one that was active for longer goes first: so that what the
-- first of them add up to does not depend on the ids.
ranked AS (
    SELECT
        level,
        application,
        channel,
        {level_columns},
        kind,
        crashes,
        usage_seconds,
        row_number() OVER (
            PARTITION BY level, application, channel, {level_columns}, kind
            ORDER BY crashes DESC, usage_seconds DESC
        ) AS place,
        count(*) OVER (
            PARTITION BY level, application, channel, {level_columns}, kind
        ) AS crashed_clients
    FROM crashed
    WHERE crashes > 0
),

-- The top are one in a thousand of those that crashed, rounded up.
placed AS (
    SELECT
        level,
        application,
        channel,
        {level_columns},
        kind,
        crashes,
        usage_seconds,
        place * 1000 <= crashed_clients + 999 AS is_top
    FROM ranked
),

counted AS (
    SELECT
        level,
        application,
        channel,
        {level_columns},
        kinds.kind,
        active_clients,
        0 AS crashed_clients,
        0 AS crashes,
        0 AS squares,
        {no_buckets},
        0 AS top_clients,
        0 AS top_crashes,
        0 AS top_usage_seconds
    FROM active
    CROSS JOIN (VALUES {kinds}) AS kinds (kind)
    UNION ALL
    SELECT
        level,
        application,
        channel,
        {level_columns},
        kind,
        0 AS active_clients,
        1 AS crashed_clients,
        crashes,
        crashes * crashes AS squares,
        {buckets},
        CASE WHEN is_top THEN 1 ELSE 0 END AS top_clients,
        CASE WHEN is_top THEN crashes ELSE 0 END AS top_crashes,
        CASE WHEN is_top THEN usage_seconds ELSE 0 END AS top_usage_seconds
    FROM placed
)

SELECT
    level,
    application,
    channel,
    {level_columns},
    kind,
    {people_sums}
FROM counted
GROUP BY level, application, channel, {level_columns}, kind
