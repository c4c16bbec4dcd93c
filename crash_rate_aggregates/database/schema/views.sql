-- What people and dashboards ask instead of the tables. Applied anew like functions.sql, after it. The
-- stats come from stats.STATS, the kinds of crashes from crash_kinds.CRASH_KINDS: a new one is in the views
-- by itself.

-- Which runs and days there are, and what a run changed.

CREATE VIEW crash_aggregates_current_runs AS
SELECT DISTINCT ON (submission_date)
    run_id,
    submission_date,
    started_at,
    finished_at,
    program_version,
    engine,
    pings_source,
    dimensions,
    pings_read,
    bytes_read,
    files_read,
    aggregates,
    seconds,
    rules_version,
    stats
FROM crash_aggregates_runs
ORDER BY submission_date, run_id DESC;

COMMENT ON VIEW crash_aggregates_current_runs IS 'The run of each submission date whose rows crash_aggregates holds. Columns as in crash_aggregates_runs.';

-- Here and not among the functions, as it reads a view.
CREATE FUNCTION crash_pings_known(
    application text, dimension text, first_date date, last_date date
)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT coalesce(bool_or(carried.pings > 0), true)
    FROM crash_aggregates_current_runs AS run
    JOIN crash_aggregates_carried AS carried USING (run_id)
    WHERE
        run.submission_date BETWEEN first_date AND last_date
        AND carried.doc_type = 'crash'
        AND carried.application = crash_pings_known.application
        AND carried.dimension IS NOT DISTINCT FROM crash_pings_known.dimension
$$;

COMMENT ON FUNCTION crash_pings_known(text, text, date, date) IS 'Whether the runs of these submission dates counted a crash ping of the application with a value of the dimension, NULL for any: if not, 0 crashes say nothing. True where the runs recorded nothing of that.';

CREATE FUNCTION crash_clients_known(application text, first_date date, last_date date)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT coalesce(bool_and(pings > 0), true)
    FROM (
        SELECT sum(carried.pings) AS pings
        FROM crash_aggregates_current_runs AS run
        JOIN crash_aggregates_carried AS carried USING (run_id)
        WHERE
            run.submission_date BETWEEN first_date AND last_date
            AND carried.application = crash_clients_known.application
            AND carried.dimension = 'client id'
        GROUP BY carried.doc_type = 'crash'
    ) AS carrying
$$;

COMMENT ON FUNCTION crash_clients_known(text, date, date) IS 'Whether the runs of these submission dates counted a usage ping and a crash ping of the application with a client id: if not, 0 clients say nothing. True where the runs recorded nothing of that.';

CREATE VIEW crash_aggregates_days_to_sum_up AS
SELECT run.submission_date, run.run_id
FROM crash_aggregates_current_runs AS run
WHERE
    run.aggregates > 0
    AND (
        NOT EXISTS (
            SELECT FROM crash_aggregates_run_totals AS totals WHERE totals.run_id = run.run_id
        )
        OR NOT EXISTS (
            SELECT
            FROM crash_aggregates_folded_days AS folded
            WHERE
                folded.submission_date = run.submission_date
                AND folded.applications = (SELECT crash_applications_digest())
        )
    );

COMMENT ON VIEW crash_aggregates_days_to_sum_up IS 'The run of each stored day that the summaries do not have yet, or have by other applications: until the next run has summed them up.';

CREATE VIEW crash_aggregates_restated_runs AS
SELECT
    after.submission_date,
    after.run_id,
    before.run_id AS previous_run_id,
    after.finished_at,
    concat_ws(
        ', ',
        CASE WHEN before.program_version <> after.program_version
            THEN format('program %s to %s', before.program_version, after.program_version) END,
        CASE WHEN before.rules_version <> after.rules_version
            THEN format('rules %s to %s', before.rules_version, after.rules_version) END,
        CASE WHEN before.dimensions <> after.dimensions
            THEN 'dimensions ' || crash_aggregates_changed_names(before.dimensions, after.dimensions) END,
        CASE WHEN before.stats <> after.stats
            THEN 'stats ' || crash_aggregates_changed_names(before.stats, after.stats) END,
        CASE WHEN before.engine <> after.engine
            THEN format('engine %s to %s', before.engine, after.engine) END,
        CASE WHEN before.pings_source <> after.pings_source
            THEN format('pings %s to %s', before.pings_source, after.pings_source) END
    ) AS changed
FROM crash_aggregates_runs AS after
CROSS JOIN LATERAL (
    SELECT *
    FROM crash_aggregates_runs AS earlier
    WHERE earlier.submission_date = after.submission_date AND earlier.run_id < after.run_id
    ORDER BY earlier.run_id DESC
    LIMIT 1
) AS before;

COMMENT ON VIEW crash_aggregates_restated_runs IS 'Every run that replaced the rows of an earlier run, with what changed in between: program, rules, dimensions, stats, engine, source of the pings. Empty where only the pings can have changed.';

CREATE VIEW crash_aggregates_restatements AS
SELECT
    restated.submission_date,
    restated.run_id,
    restated.previous_run_id,
    restated.finished_at,
    restated.changed,
    totals.channel,
    max(totals.aggregates) FILTER (WHERE is_before) AS aggregates_before,
    max(totals.aggregates) FILTER (WHERE NOT is_before) AS aggregates_after,
    max(totals.main_crashes) FILTER (WHERE is_before) AS main_crashes_before,
    max(totals.main_crashes) FILTER (WHERE NOT is_before) AS main_crashes_after,
    max(totals.content_crashes) FILTER (WHERE is_before) AS content_crashes_before,
    max(totals.content_crashes) FILTER (WHERE NOT is_before) AS content_crashes_after,
    max(totals.usage_hours) FILTER (WHERE is_before) AS usage_hours_before,
    max(totals.usage_hours) FILTER (WHERE NOT is_before) AS usage_hours_after
FROM crash_aggregates_restated_runs AS restated
CROSS JOIN LATERAL (VALUES (previous_run_id, true), (run_id, false)) AS side (side_run_id, is_before)
JOIN crash_aggregates_run_totals AS totals ON totals.run_id = side.side_run_id
GROUP BY
    restated.submission_date, restated.run_id, restated.previous_run_id, restated.finished_at,
    restated.changed, totals.channel;

COMMENT ON VIEW crash_aggregates_restatements IS 'Rows, crashes and usage hours by channel before and after every run that replaced an earlier one; NULL for a channel that a run did not have.';

-- The summaries with the kinds of crashes that are no stat by themselves.

CREATE VIEW crash_counts_by_channel AS
SELECT
    submission_date,
    activity_date,
    application,
    channel,
    aggregates,
    usage_hours,
    {stats},
    {counts}
FROM crash_aggregates_by_channel;

COMMENT ON VIEW crash_counts_by_channel IS 'crash_aggregates_by_channel, and beside the stats also {counts_in_words}. Unit: crashes.';

CREATE VIEW crash_counts_by_build AS
SELECT
    submission_date,
    activity_date,
    application,
    channel,
    build_version,
    build_id,
    build_age,
    aggregates,
    usage_hours,
    {stats},
    {counts}
FROM crash_aggregates_by_build;

COMMENT ON VIEW crash_counts_by_build IS 'crash_aggregates_by_build, and beside the stats also {counts_in_words}. Unit: crashes.';

CREATE VIEW crash_counts_by_system AS
SELECT
    submission_date,
    application,
    channel,
    os_name,
    os_version,
    aggregates,
    usage_hours,
    {stats},
    {counts}
FROM crash_aggregates_by_system;

COMMENT ON VIEW crash_counts_by_system IS 'crash_aggregates_by_system, and beside the stats also {counts_in_words}. Unit: crashes.';

CREATE VIEW crash_counts_by_country AS
SELECT
    submission_date,
    application,
    channel,
    country,
    architecture,
    aggregates,
    usage_hours,
    {stats},
    {counts}
FROM crash_aggregates_by_country;

COMMENT ON VIEW crash_counts_by_country IS 'crash_aggregates_by_country, and beside the stats also {counts_in_words}. Unit: crashes.';

-- What was said about days.

CREATE VIEW crash_current_assessments AS
SELECT DISTINCT ON (submission_date)
    assessment_id,
    submission_date,
    assessed_at,
    program_version,
    method_version,
    last_run_id,
    seconds
FROM crash_assessments
ORDER BY submission_date, assessment_id DESC;

COMMENT ON VIEW crash_current_assessments IS 'The assessment of each submission date that holds: its newest. Columns as in crash_assessments.';

-- In columns, so that each row that is summed is joined with one. Not of all assessments: a channel of which
-- four weeks of evenings said nothing varies as if nothing were known.
CREATE VIEW crash_current_variation AS
WITH newest AS (
    SELECT DISTINCT ON (said.application, said.channel)
        said.application,
        said.channel,
        assessed.submission_date,
        said.assessment_id
    FROM crash_current_assessments AS assessed
    JOIN crash_variation AS said USING (assessment_id)
    WHERE
        assessed.submission_date > (SELECT max(submission_date) - 28 FROM crash_assessments)
    ORDER BY said.application, said.channel, assessed.submission_date DESC
)

SELECT
    application,
    channel,
    newest.submission_date AS assessed_date,
    {variations}
FROM newest
JOIN crash_variation USING (assessment_id, application, channel)
GROUP BY application, channel, newest.submission_date;

COMMENT ON VIEW crash_current_variation IS 'How much crashes vary in each channel of an application: of the newest assessed submission date that told it, in assessed_date, of the last 28 days. For each kind of crash burst_factor and day_sd of crash_variation, NULL where it is not known: then crash_assumed_burst_factor() and crash_assumed_day_sd() hold.';

-- Each day is a group by itself, so that its interval does not depend on which days are asked for.
CREATE VIEW crash_rates_by_day AS
WITH days AS (
    SELECT
        activity_date,
        application,
        channel,
        {sums}
    FROM crash_aggregates_by_channel
    GROUP BY activity_date, application, channel
),

-- Activity dates of which a run could count crash pings, and whether it did.
known AS (
    SELECT
        carried.application,
        run.submission_date - late AS activity_date,
        bool_or(carried.pings > 0) AS knows_crash_pings
    FROM crash_aggregates_current_runs AS run
    JOIN crash_aggregates_carried AS carried USING (run_id)
    CROSS JOIN generate_series(0, 7) AS late
    WHERE carried.doc_type = 'crash' AND carried.dimension IS NULL
    GROUP BY 1, 2
),

sums AS (
    SELECT
        days.*,
        coalesce(known.knows_crash_pings, true) AS knows_crash_pings,
        activity_date IN (SELECT submission_date FROM crash_aggregates_runs) AS is_stored,
        {variances_of_day}
    FROM days
    LEFT JOIN known USING (application, activity_date)
    {variation}
)

SELECT
    activity_date,
    application,
    channel,
    kind,
    place,
    whole_crashes AS crashes,
    usage_hours,
    min_usage_hours,
    per_1000_hours,
    lower_limit,
    upper_limit,
    burst_factor,
    log_sd,
    {note_of_dates} AS note
FROM sums
CROSS JOIN crash_min_usage_hours() AS min_usage_hours
CROSS JOIN LATERAL {kinds}
CROSS JOIN LATERAL {rate_of_dates};

COMMENT ON VIEW crash_rates_by_day IS 'Crash rates by activity date, application, channel and kind: crashes, usage hours, crashes per 1,000 usage hours with the 95% interval, and what makes it: the burst factor, and in log_sd the standard deviation that the day gives to the logarithm of the rate. Rates are NULL where the note says why.';

-- What crashed, and of which release.

CREATE VIEW crash_labels_to_fill_again AS
SELECT
    run.submission_date,
    used.application,
    used.channel,
    used.build_id,
    used.label AS counted_as,
    named.label
FROM crash_aggregates_current_runs AS run
JOIN crash_aggregates_labels AS used USING (submission_date)
JOIN crash_release_builds AS named
    ON named.application = used.application
    AND named.channel IS NOT DISTINCT FROM used.channel
    AND named.build_id = used.build_id
WHERE used.label IS DISTINCT FROM named.label;

COMMENT ON VIEW crash_labels_to_fill_again IS 'Builds whose name was learned after a day had counted their people by another one: that day''s people by release are right once it is filled again. All else is joined to the names when it is asked for.';

CREATE VIEW crash_process_counts AS
SELECT
    crashed.submission_date,
    crashed.activity_date,
    crashed.application,
    crashed.channel,
    crashed.build_version,
    crashed.build_id,
    coalesce(named.label, crashed.build_version) AS label,
    crashed.os_name,
    crashed.os_version,
    crashed.architecture,
    crashed.country,
    crashed.process,
    crashed.actors,
    crashed.crash_class,
    crashed.is_startup,
    crashed.source,
    crashed.crashes,
    crashed.sent_twice
FROM crash_aggregates_by_process AS crashed
LEFT JOIN crash_release_builds AS named
    ON named.application = crashed.application
    AND named.channel IS NOT DISTINCT FROM crashed.channel
    AND named.build_id = crashed.build_id;

COMMENT ON VIEW crash_process_counts IS 'crash_aggregates_by_process with the release of each build, or its version where no name is known.';

-- What readers may know of people: a group of few is other in what divides it, and sums stay what they are.
-- Distinct clients of several groups that are other are counted in each.

-- Most rows are of enough people and stand as they are: no group is larger than its channel. Only what is or
-- becomes other is looked up and summed; joined and not by a window, so that a question about one level reads
-- that one alone. The least number is asked for once, not for each row.
CREATE VIEW crash_clients AS
WITH judged AS NOT MATERIALIZED (
    SELECT
        *,
        active_clients < (SELECT crash_min_clients()) AS is_small,
        'other' IN (
            coalesce(channel, ''),
            coalesce(label, ''),
            coalesce(os_name, ''),
            coalesce(os_version, ''),
            coalesce(country, '')
        ) AS is_other
    FROM crash_aggregates_clients
)

SELECT
    submission_date,
    level,
    application,
    channel,
    label,
    os_name,
    os_version,
    country,
    kind,
    {client_counts}
FROM judged
WHERE NOT is_small AND NOT is_other
UNION ALL
SELECT
    submission_date,
    level,
    application,
    CASE WHEN is_of_small_channel THEN 'other' ELSE channel END,
    CASE WHEN is_small AND level IN ('label', 'label_os') THEN 'other' ELSE label END,
    CASE WHEN is_small AND level IN ('os', 'os_version', 'label_os') THEN 'other' ELSE os_name END,
    CASE WHEN is_small AND level = 'os_version' THEN 'other' ELSE os_version END,
    CASE WHEN is_small AND level = 'country' THEN 'other' ELSE country END,
    kind,
    {client_sums}
FROM (
    SELECT
        judged.*,
        coalesce(whole.active_clients < (SELECT crash_min_clients()), true) AS is_of_small_channel
    FROM judged
    LEFT JOIN crash_aggregates_clients AS whole
        ON whole.level = 'channel'
        AND whole.submission_date = judged.submission_date
        AND whole.application = judged.application
        AND whole.channel IS NOT DISTINCT FROM judged.channel
        AND whole.kind = judged.kind
    WHERE judged.is_small OR judged.is_other
) AS few
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

COMMENT ON VIEW crash_clients IS 'crash_aggregates_clients for readers: groups of fewer active clients than crash_min_clients() are other, channels too. Totals of a level are those of the table.';

-- Only what is other is summed: a question sums the rest once, by what it asks for.
CREATE VIEW crash_experiments AS
SELECT
    submission_date,
    experiment,
    branch,
    application,
    channel,
    label,
    {stats},
    usage_hours,
    active_hours,
    active_clients,
    main_crashed_clients,
    content_crashed_clients,
    any_crashed_clients
FROM crash_aggregates_by_experiment
WHERE active_clients >= (SELECT crash_min_clients())
UNION ALL
SELECT
    submission_date,
    'other',
    'other',
    application,
    'other',
    'other',
    {stat_sums},
    sum(usage_hours),
    sum(active_hours),
    sum(active_clients)::bigint,
    sum(main_crashed_clients)::bigint,
    sum(content_crashed_clients)::bigint,
    sum(any_crashed_clients)::bigint
FROM crash_aggregates_by_experiment
WHERE active_clients < (SELECT crash_min_clients())
GROUP BY submission_date, application;

COMMENT ON VIEW crash_experiments IS 'crash_aggregates_by_experiment for readers: a branch with fewer active clients than crash_min_clients() in an application''s channel and release is other. Further columns: the stats of crash_aggregates.';
