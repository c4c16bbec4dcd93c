-- User-days without a crash
-- The share of the clients of an application's channels that had no crash on a submission date, by kind
-- of crash: main, content (no kill at shutdown) or any. With the 95% interval of Wilson for that day;
-- one for many days would have to be wider, as the same people come again. Channels with few people
-- are other. Where fewer than 5 clients crashed, only the crashes are told.
WITH known AS MATERIALIZED (
    SELECT crash_clients_known(
        %(application)s::text, %(first_date)s::date, %(last_date)s::date
    ) AS knows_clients
),

counted AS (
    SELECT
        submission_date,
        channel,
        kind,
        active_clients,
        crashed_clients,
        crashes,
        knows_clients,
        knows_clients AND crashed_clients >= crash_few_clients() AS is_told
    FROM crash_clients
    CROSS JOIN known
    WHERE
        level = 'channel'
        AND application = %(application)s::text
        AND channel = ANY (%(channels)s::text[])
        AND submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
)

SELECT
    submission_date,
    channel,
    kind,
    CASE WHEN knows_clients THEN active_clients END AS active_clients,
    CASE WHEN is_told THEN crashed_clients END AS crashed_clients,
    CASE WHEN knows_clients THEN crashes END AS crashes,
    CASE WHEN is_told THEN crash_free END AS crash_free,
    CASE WHEN is_told THEN lower_limit END AS lower_limit,
    CASE WHEN is_told THEN upper_limit END AS upper_limit,
    CASE
        WHEN NOT knows_clients THEN 'no client ids'
        WHEN NOT is_told THEN 'fewer than 5 clients crashed'
        WHEN crash_free IS NULL THEN 'more clients crashed than were active'
    END AS note
FROM counted
CROSS JOIN LATERAL crash_free_user_days(
    active_user_days => active_clients, crashed_user_days => crashed_clients, days => 1
) AS people
ORDER BY submission_date, channel, array_position(ARRAY['main', 'content', 'any'], kind)
