-- Few machines or many
-- How many of the clients that crashed on a day did so once, twice, 3 to 5, 6 to 20 times or more often,
-- by channel and kind of crash, summed over the days; which share of the crashes comes from which share
-- of the clients, where the top are the first in a thousand of each day and at least one; and crashes per
-- 1,000 user-days with and without these. Channels with few people are other. Where fewer than 5 clients
-- crashed, only the crashes are told. Dates are submission dates.
WITH known AS MATERIALIZED (
    SELECT crash_clients_known(
        %(application)s::text, %(first_date)s::date, %(last_date)s::date
    ) AS knows_clients
),

sums AS (
    SELECT
        channel,
        kind,
        sum(active_clients)::double precision AS user_days,
        sum(crashed_clients)::double precision AS crashed,
        sum(crashes)::double precision AS crashes,
        sum(clients_1)::bigint AS clients_1,
        sum(clients_2)::bigint AS clients_2,
        sum(clients_3_5)::bigint AS clients_3_5,
        sum(clients_6_20)::bigint AS clients_6_20,
        sum(clients_more)::bigint AS clients_more,
        sum(top_clients)::double precision AS top_clients,
        sum(top_crashes)::double precision AS top_crashes
    FROM crash_clients
    WHERE
        level = 'channel'
        AND application = %(application)s::text
        AND channel = ANY (%(channels)s::text[])
        AND submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
    GROUP BY channel, kind
),

judged AS (
    SELECT *, knows_clients AND crashed >= crash_few_clients() AS is_told
    FROM sums
    CROSS JOIN known
)

SELECT
    channel,
    kind,
    CASE WHEN knows_clients THEN user_days::bigint END AS user_days,
    CASE WHEN knows_clients THEN crashes::bigint END AS crashes,
    CASE WHEN is_told THEN clients_1 END AS clients_1,
    CASE WHEN is_told THEN clients_2 END AS clients_2,
    CASE WHEN is_told THEN clients_3_5 END AS clients_3_5,
    CASE WHEN is_told THEN clients_6_20 END AS clients_6_20,
    CASE WHEN is_told THEN clients_more END AS clients_more,
    CASE WHEN is_told THEN top_crashes / crashes END AS share_of_crashes,
    CASE WHEN is_told THEN top_clients / crashed END AS share_of_clients,
    CASE WHEN is_told THEN 1000 * crashes / nullif(user_days, 0) END AS per_1000_user_days,
    CASE
        WHEN is_told THEN 1000 * (crashes - top_crashes) / nullif(user_days - top_clients, 0)
    END AS per_1000_without_top,
    CASE
        WHEN NOT knows_clients THEN 'no client ids'
        WHEN NOT is_told THEN 'fewer than 5 clients crashed'
    END AS note
FROM judged
ORDER BY judged.user_days DESC, channel, array_position(ARRAY['main', 'content', 'any'], kind)
