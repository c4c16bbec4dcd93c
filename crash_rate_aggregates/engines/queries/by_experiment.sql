-- The stats of each branch. First by client, so that each counts once in it; without an id they are one
-- group, which is no client.
WITH enrolled AS (
    SELECT
        application,
        channel,
        label,
        is_usage,
        client_high,
        client_low,
        {stats},
        {unnest}(experiments) AS one
    FROM labeled
    WHERE experiments IS NOT NULL
),

people AS (
    SELECT
        one.experiment AS experiment,
        one.branch AS branch,
        application,
        channel,
        label,
        client_high,
        client_low,
        bool_or(is_usage) AS is_active,
        {sums}
    FROM enrolled
    GROUP BY one.experiment, one.branch, application, channel, label, client_high, client_low
)

SELECT
    experiment,
    branch,
    application,
    channel,
    label,
    {sums},
    count(*) FILTER (WHERE client_high IS NOT NULL AND is_active) AS active_clients,
    {crashed_clients}
FROM people
GROUP BY experiment, branch, application, channel, label
