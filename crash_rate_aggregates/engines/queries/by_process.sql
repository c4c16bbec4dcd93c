-- Crashes by what crashed: of crash pings one each, and what main pings say of their child processes.
WITH crashed AS (
    SELECT
        activity_date,
        application,
        {cut},
        process,
        actors,
        crash_class,
        is_startup,
        'crash ping' AS source,
        1 AS crashes,
        main_crashes_sent_twice AS sent_twice
    FROM winners
    WHERE doc_type = 'crash'
    UNION ALL
    SELECT
        activity_date,
        application,
        {cut},
        child.process AS process,
        NULL AS actors,
        NULL AS crash_class,
        NULL AS is_startup,
        'histogram' AS source,
        child.crashes AS crashes,
        0 AS sent_twice
    FROM (
        SELECT activity_date, application, {cut}, {unnest}(child_crashes) AS child
        FROM winners
        WHERE child_crashes IS NOT NULL
    ) AS children
),

folded AS (
    SELECT
        activity_date,
        coalesce(application, 'unknown') AS application,
        channel,
        build_version,
        build_id,
        os_name,
        os_version,
        architecture,
        CASE
            WHEN country IS NULL OR country IN (SELECT country FROM named_countries) THEN country
            ELSE 'other'
        END AS country,
        process,
        actors,
        crash_class,
        is_startup,
        source,
        crashes,
        sent_twice
    FROM crashed
)

SELECT
    activity_date,
    application,
    {cut},
    process,
    actors,
    crash_class,
    is_startup,
    source,
    sum(crashes)::BIGINT AS crashes,
    sum(sent_twice)::BIGINT AS sent_twice
FROM folded
GROUP BY
    activity_date,
    application,
    {cut},
    process,
    actors,
    crash_class,
    is_startup,
    source
