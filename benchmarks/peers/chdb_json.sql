INSERT INTO FUNCTION file('{output}', 'Parquet')
WITH
    coalesce(tupleElement(meta, 'docType'), type) AS doc_type,
    tupleElement(payload, 'info') AS info,
    tupleElement(tupleElement(payload, 'keyedHistograms'), 'SUBPROCESS_CRASHES_WITH_DUMP') AS with_dump,
    tupleElement(environment, 'build') AS build,
    tupleElement(tupleElement(environment, 'system'), 'os') AS os,
    tupleElement(tupleElement(environment, 'addons'), 'activeExperiment') AS experiment,
    tupleElement(environment, 'settings') AS settings,
    coalesce(
        if(doc_type = 'main', info.subsessionStartDate, tupleElement(payload, 'crashDate')), creationDate
    ) AS stated_text,
    toDateOrNull(substring(stated_text, 1, 10)) AS stated
SELECT
    toString(greatest(least(assumeNotNull(stated), toDate('2016-03-14')), toDate('2016-03-07')))
        AS activity_date,
    build.version AS build_version,
    build.buildId AS build_id,
    tupleElement(application, 'channel') AS channel,
    tupleElement(application, 'name') AS application_name,
    os.name AS os_name,
    os.version AS os_version,
    build.architecture AS architecture,
    tupleElement(meta, 'geoCountry') AS country,
    experiment.id AS experiment_id,
    experiment.branch AS experiment_branch,
    settings.e10sEnabled AS e10s_enabled,
    settings.e10sCohort AS e10s_cohort,
    toInt64(countIf(doc_type = 'main')) AS ping_count,
    toInt64(sum(least(greatest(coalesce(info.subsessionLength, 0), 0), 90000))) AS usage_seconds,
    toInt64(countIf(doc_type = 'crash' AND coalesce(tupleElement(payload, 'processType'), 'main') = 'main'))
        AS main_crashes,
    toInt64(sum(coalesce(with_dump.content.values.`0`, 0))) AS content_crashes,
    toInt64(sum(coalesce(with_dump.plugin.values.`0`, 0))) AS plugin_crashes,
    toInt64(sum(coalesce(with_dump.gmplugin.values.`0`, 0))) AS gmplugin_crashes,
    toInt64(sum(coalesce(with_dump.gpu.values.`0`, 0))) AS gpu_crashes
FROM file('{pings}', 'JSONEachRow', '
    type Nullable(String),
    creationDate Nullable(String),
    application Tuple(channel Nullable(String), name Nullable(String)),
    environment Tuple(
        build Tuple(version Nullable(String), buildId Nullable(String), architecture Nullable(String)),
        system Tuple(os Tuple(name Nullable(String), version Nullable(String))),
        addons Tuple(activeExperiment Tuple(id Nullable(String), branch Nullable(String))),
        settings Tuple(e10sEnabled Nullable(String), e10sCohort Nullable(String))),
    meta Tuple(docType Nullable(String), submissionDate Nullable(String), geoCountry Nullable(String)),
    payload Tuple(
        crashDate Nullable(String),
        processType Nullable(String),
        info Tuple(subsessionStartDate Nullable(String), subsessionLength Nullable(Int64)),
        keyedHistograms Tuple(SUBPROCESS_CRASHES_WITH_DUMP Tuple(
            content Tuple(values Tuple(`0` Nullable(Int64))),
            plugin Tuple(values Tuple(`0` Nullable(Int64))),
            gmplugin Tuple(values Tuple(`0` Nullable(Int64))),
            gpu Tuple(values Tuple(`0` Nullable(Int64))))))
')
WHERE doc_type IN ('main', 'crash')
    AND coalesce(tupleElement(meta, 'submissionDate'), '20160314') = '20160314'
    AND match(coalesce(build.buildId, ''), '^[0-9]{{14}}$')
    AND stated IS NOT NULL
GROUP BY ALL
SETTINGS
    max_threads = {cores},
    input_format_allow_errors_ratio = 1,
    input_format_skip_unknown_fields = 1,
    input_format_null_as_default = 1,
    input_format_json_ignore_unknown_keys_in_named_tuple = 1,
    input_format_json_defaults_for_missing_elements_in_named_tuple = 1,
    input_format_json_read_bools_as_strings = 1,
    input_format_json_read_numbers_as_strings = 1,
    output_format_parquet_string_as_string = 1
