-- The needed columns, typed; ignore_errors drops lines that are no JSON and nulls what does not cast.
COPY (
    WITH pings AS (
        SELECT
            coalesce(meta.docType, type) AS doc_type,
            environment,
            application,
            meta.geoCountry AS country,
            meta.submissionDate AS submission_date,
            payload,
            payload.info.subsessionLength AS seconds,
            payload.keyedHistograms.SUBPROCESS_CRASHES_WITH_DUMP AS with_dump,
            creationDate
        FROM read_json(
            $pings,
            format = 'newline_delimited',
            ignore_errors = true,
            maximum_object_size = 33554432,
            columns = {{
                type: 'VARCHAR',
                creationDate: 'VARCHAR',
                application: 'STRUCT(channel VARCHAR, name VARCHAR)',
                environment: 'STRUCT(
                    build STRUCT(version VARCHAR, buildId VARCHAR, architecture VARCHAR),
                    system STRUCT(os STRUCT(name VARCHAR, version VARCHAR)),
                    addons STRUCT(activeExperiment STRUCT(id VARCHAR, branch VARCHAR)),
                    settings STRUCT(e10sEnabled VARCHAR, e10sCohort VARCHAR))',
                meta: 'STRUCT(docType VARCHAR, submissionDate VARCHAR, geoCountry VARCHAR)',
                payload: 'STRUCT(
                    crashDate VARCHAR,
                    processType VARCHAR,
                    info STRUCT(subsessionStartDate VARCHAR, subsessionLength BIGINT),
                    keyedHistograms STRUCT(SUBPROCESS_CRASHES_WITH_DUMP STRUCT(
                        content STRUCT("values" STRUCT("0" BIGINT)),
                        plugin STRUCT("values" STRUCT("0" BIGINT)),
                        gmplugin STRUCT("values" STRUCT("0" BIGINT)),
                        gpu STRUCT("values" STRUCT("0" BIGINT)))))'
            }}
        )
    ), valid AS (
        SELECT *, try_cast(substr(coalesce(
            CASE doc_type WHEN 'main' THEN payload.info.subsessionStartDate ELSE payload.crashDate END,
            creationDate
        ), 1, 10) AS DATE) AS stated
        FROM pings
        WHERE doc_type IN ('main', 'crash')
            AND coalesce(submission_date, '20160314') = '20160314'
            AND regexp_full_match(environment.build.buildId, '[0-9]{{14}}')
    )
    SELECT
        greatest(least(stated, DATE '2016-03-14'), DATE '2016-03-07') AS activity_date,
        environment.build.version AS build_version,
        environment.build.buildId AS build_id,
        application.channel AS channel,
        application.name AS application,
        environment.system.os.name AS os_name,
        environment.system.os.version AS os_version,
        environment.build.architecture AS architecture,
        country,
        environment.addons.activeExperiment.id AS experiment_id,
        environment.addons.activeExperiment.branch AS experiment_branch,
        environment.settings.e10sEnabled AS e10s_enabled,
        environment.settings.e10sCohort AS e10s_cohort,
        count(*) FILTER (doc_type = 'main') AS ping_count,
        sum(least(greatest(coalesce(seconds, 0), 0), 90000))::BIGINT AS usage_seconds,
        count(*) FILTER (doc_type = 'crash' AND coalesce(payload.processType, 'main') = 'main')
            AS main_crashes,
        coalesce(sum(with_dump.content.values."0"), 0)::BIGINT AS content_crashes,
        coalesce(sum(with_dump.plugin.values."0"), 0)::BIGINT AS plugin_crashes,
        coalesce(sum(with_dump.gmplugin.values."0"), 0)::BIGINT AS gmplugin_crashes,
        coalesce(sum(with_dump.gpu.values."0"), 0)::BIGINT AS gpu_crashes
    FROM valid
    WHERE stated IS NOT NULL
    GROUP BY ALL
) TO '{output}' (FORMAT parquet)
