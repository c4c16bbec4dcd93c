-- Distinct clients of each day at one level, summed over days: user-days. Few crashed clients are told as
-- crashes alone.
WITH counted AS (
    SELECT
        ARRAY[{groups}]::text[] AS groups,
        application = ANY (%(untold)s::text[]) AS is_untold,
        submission_date,
        kind,
        {client_sums}
    FROM crash_clients
    WHERE
        level = %(level)s
        AND submission_date >= coalesce(%(min_submission_date)s::date, '-infinity')
        AND submission_date <= coalesce(%(max_submission_date)s::date, 'infinity')
    GROUP BY groups, is_untold, submission_date, kind
),

-- Without the applications that tell no clients, where the group has others.
told AS (
    SELECT *
    FROM counted
    WHERE NOT is_untold OR groups NOT IN (SELECT groups FROM counted WHERE NOT is_untold)
),

sums AS (
    SELECT
        groups,
        kind,
        bool_or(is_untold) AS is_untold,
        count(DISTINCT submission_date) AS days,
        {client_sums}
    FROM told
    GROUP BY groups, kind
),

judged AS (
    SELECT
        *,
        NOT is_untold AND active_clients > 0 AND crashed_clients >= crash_few_clients() AS is_told
    FROM sums
)

SELECT
    groups,
    kind,
    days,
    CASE WHEN NOT is_untold THEN active_clients END AS active_user_days,
    CASE WHEN NOT is_untold THEN crashes END AS crashes,
    CASE WHEN is_told THEN crashed_clients END AS crashed_user_days,
    CASE WHEN is_told THEN crash_free END AS crash_free,
    CASE WHEN is_told THEN lower_limit END AS lower,
    CASE WHEN is_told THEN upper_limit END AS upper,
    CASE
        WHEN is_told THEN 1000 * crashed_clients::double precision / active_clients
    END AS crashed_per_1000,
    CASE WHEN is_told THEN 1000 * crashes::double precision / active_clients END AS crashes_per_1000,
    CASE
        WHEN is_told
        THEN
            1000 * (crashes - top_crashes)::double precision
            / nullif(active_clients - top_clients, 0)
    END AS crashes_per_1000_without_top,
    {told_clients},
    CASE
        WHEN is_untold THEN 'no client ids'
        WHEN active_clients = 0 THEN 'no active clients'
        WHEN crashed_clients < crash_few_clients() THEN 'fewer than 5 clients crashed'
        WHEN crash_free IS NULL THEN 'more clients crashed than were active'
    END AS note
FROM judged
CROSS JOIN LATERAL crash_free_user_days(
    active_user_days => active_clients, crashed_user_days => crashed_clients, days => days
) AS people
ORDER BY max(active_clients) OVER (PARTITION BY groups) DESC, {order}groups,
array_position(%(kinds)s::text[], kind)
