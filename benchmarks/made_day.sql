-- The aggregates of one submission date, made up with the shares and cardinalities of 2016: one
-- drawn ping a row, grouped as the engine groups. After setseed, on one thread, the same again.
WITH draws AS MATERIALIZED (
    SELECT
        random() AS lag,
        random() AS channel,
        random() AS age,
        random() AS os,
        random() AS os_version,
        random() AS architecture,
        random() AS country,
        random() AS experiment,
        random() AS seconds,
        random() AS crash
    FROM range($pings)
),

clients AS (
    SELECT
        *,
        list_position([0.45, 0.8, 0.88, 0.92, 0.95, 0.97, 0.98, 1.0], list_first(list_filter(
            [0.45, 0.8, 0.88, 0.92, 0.95, 0.97, 0.98, 1.0], lambda bound: lag < bound
        ))) - 1 AS days_late,
        CASE
            WHEN channel < 0.66 THEN 'release'
            WHEN channel < 0.78 THEN 'beta'
            WHEN channel < 0.86 THEN 'nightly'
            WHEN channel < 0.93 THEN 'aurora'
            WHEN channel < 0.97 THEN 'esr'
            ELSE 'distribution-' || floor((channel - 0.97) * 10000)::integer
        END AS channel_name,
        CASE WHEN os < 0.92 THEN 'Windows_NT' WHEN os < 0.97 THEN 'Darwin' ELSE 'Linux' END AS os_name
    FROM draws
),

-- Few builds are used by most; the rest goes back for years. Nightly and aurora are built every
-- day, beta twice a week, the others every other week.
builds AS (
    SELECT
        *,
        $day::date - days_late::integer AS activity_date,
        CASE channel_name WHEN 'nightly' THEN 1 WHEN 'aurora' THEN 1 WHEN 'beta' THEN 4 ELSE 14 END AS every,
        floor(CASE WHEN age < 0.8 THEN age * 50 ELSE 40 + (age - 0.8) ^ 2 * 25000 END)::integer AS days_old
    FROM clients
),

dated AS (
    SELECT
        *,
        DATE '2010-01-01'
            + (((activity_date - DATE '2010-01-01') - days_old) // every * every)::integer AS built
    FROM builds
),

pings AS (
    SELECT
        activity_date,
        json_object(
            'build_version', ((built - DATE '2010-01-01') // 42)::varchar
                || CASE channel_name WHEN 'nightly' THEN '.0a1' WHEN 'aurora' THEN '.0a2' ELSE '.0' END
                || CASE
                    WHEN channel_name = 'esr' THEN 'esr'
                    WHEN channel_name = 'release' AND (built - DATE '2010-01-01') % 42 > 13
                        THEN '.' || ((built - DATE '2010-01-01') % 42 // 14)
                    ELSE ''
                END,
            'build_id', strftime(built, '%Y%m%d') || '030204',
            'channel', channel_name,
            'application', CASE WHEN os < 0.985 THEN 'Firefox' ELSE 'Fennec' END,
            'os_name', os_name,
            'os_version', CASE os_name
                WHEN 'Windows_NT' THEN CASE
                    WHEN os_version < 0.6 THEN '6.1'
                    WHEN os_version < 0.86 THEN '10.0'
                    WHEN os_version < 0.96 THEN '6.3'
                    WHEN os_version < 0.98 THEN '5.1'
                    ELSE '6.0'
                END
                WHEN 'Darwin' THEN (15 - floor(os_version ^ 3 * 6))::integer || '.' || floor(os_version * 60)::integer % 7 || '.0'
                ELSE '4.' || floor(os_version * 9)::integer || '.' || floor(os_version * 4000)::integer % 400 || '-generic'
            END,
            'architecture', CASE WHEN architecture < 0.7 THEN 'x86' ELSE 'x86-64' END,
            'country', chr((65 + floor(country ^ 4 * 240) // 26)::integer) || chr((65 + floor(country ^ 4 * 240) % 26)::integer),
            'e10s_enabled', CASE WHEN channel_name IN ('nightly', 'aurora') AND experiment < 0.7 THEN 'true' ELSE 'false' END,
            'e10s_cohort', CASE
                WHEN channel_name <> 'beta' THEN 'unknown'
                WHEN experiment < 0.5 THEN 'control'
                ELSE 'test'
            END
        )::varchar AS dimensions,
        (60 * exp(8.5 * seconds))::bigint % 90000 AS usage_seconds,
        -- Some days are worse than chance explains: $badness is near 1.
        crash < 0.012 * $badness AS is_main_crash,
        crash > 1 - 0.03 * $badness AS has_content_crash,
        crash > 0.995 AS has_shutdown_crash
    FROM dated
)

SELECT
    activity_date,
    dimensions,
    count(*) FILTER (WHERE NOT is_main_crash) AS ping_count,
    coalesce(sum(usage_seconds) FILTER (WHERE NOT is_main_crash), 0)::bigint AS usage_seconds,
    count(*) FILTER (WHERE is_main_crash) AS main_crashes,
    count(*) FILTER (WHERE has_content_crash) AS content_crashes,
    count(*) FILTER (WHERE has_content_crash) // 3 AS plugin_crashes,
    0::bigint AS gmplugin_crashes,
    count(*) FILTER (WHERE has_shutdown_crash) // 2 AS gpu_crashes,
    count(*) FILTER (WHERE has_shutdown_crash) AS content_shutdown_crashes
FROM pings
GROUP BY ALL
