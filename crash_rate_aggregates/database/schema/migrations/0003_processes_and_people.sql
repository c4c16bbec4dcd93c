-- What crashed, in which process, of which release, for how many people, in which experiment; and the hours in
-- which somebody used the application. Each table of a day is replaced with crash_aggregates.
DO $$
DECLARE
    counting text;
BEGIN
    FOREACH counting IN ARRAY ARRAY[
        'crash_aggregates',
        'crash_aggregates_run_totals',
        'crash_aggregates_by_channel',
        'crash_aggregates_by_build',
        'crash_aggregates_by_system',
        'crash_aggregates_by_country'
    ] LOOP
        -- Where a database was made by a program that knows the stat, its column is there already.
        EXECUTE format(
            'ALTER TABLE %I ADD COLUMN IF NOT EXISTS active_seconds bigint', counting
        );
        EXECUTE format(
            'ALTER TABLE %I ADD COLUMN active_hours double precision '
            'GENERATED ALWAYS AS (active_seconds::double precision / 3600) STORED',
            counting
        );
        EXECUTE format(
            'COMMENT ON COLUMN %I.active_hours IS %L',
            counting,
            'active_seconds / 3600, generated: hours in which somebody used the application, the same '
            'on every operating system. Unit: hours.'
        );
    END LOOP;
END
$$;

CREATE TABLE crash_aggregates_by_process (
    submission_date date NOT NULL,
    activity_date date NOT NULL,
    application text NOT NULL,
    channel text,
    build_version text,
    build_id text,
    os_name text,
    os_version text,
    architecture text,
    country text,
    process text NOT NULL,
    actors text,
    crash_class text,
    is_startup boolean,
    source text NOT NULL CHECK (source IN ('crash ping', 'histogram')),
    crashes bigint NOT NULL CHECK (crashes >= 0),
    sent_twice bigint NOT NULL CHECK (sent_twice >= 0)
);

CREATE INDEX crash_aggregates_by_process_submission_date
    ON crash_aggregates_by_process (submission_date);

COMMENT ON TABLE crash_aggregates_by_process IS 'Crashes by process type, class and source, for the dimensions that people cut crashes by. The two sources tell of the same crashes: never add them.';
COMMENT ON COLUMN crash_aggregates_by_process.submission_date IS 'UTC day on which the server received the pings; a run replaces one such day. Unit: date.';
COMMENT ON COLUMN crash_aggregates_by_process.activity_date IS 'Day on the client''s calendar, clamped into the 7 days before the submission date. Unit: date.';
COMMENT ON COLUMN crash_aggregates_by_process.application IS 'What people call it; unknown where the pings name none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_process.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_process.build_version IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_process.build_id IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_process.os_name IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_process.os_version IS 'By crash_os_version; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_process.architecture IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_process.country IS 'One of the 20 countries with most usage hours on the submission date, other for the rest; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_process.process IS 'Process type: main, content, gpu or another, by the name that pings give it. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_process.actors IS 'What a utility process did, names parted by commas; NULL for other processes and where it is not said. Unit: names.';
COMMENT ON COLUMN crash_aggregates_by_process.crash_class IS 'shutdown kill, which is in no rate, else the first that fits: out of memory, background task, shutdown hang, none. NULL of the histogram, which does not say. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_process.is_startup IS 'Whether it crashed before it had started; NULL of the histogram, which does not say. Unit: true or false.';
COMMENT ON COLUMN crash_aggregates_by_process.source IS 'crash ping, one a crash, or histogram: SUBPROCESS_CRASHES_WITH_DUMP of usage pings. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_process.crashes IS 'Those in sent_twice included. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates_by_process.sent_twice IS 'Those of crashes that came under two ids, as main_crashes_sent_twice: half of them are copies. Unit: crashes.';

CREATE TABLE crash_aggregates_process_sums (
    submission_date date NOT NULL,
    activity_date date NOT NULL,
    application text NOT NULL,
    channel text,
    process text NOT NULL,
    crash_class text,
    is_startup boolean,
    source text NOT NULL,
    crashes bigint NOT NULL,
    sent_twice bigint NOT NULL,
    CONSTRAINT crash_aggregates_process_sums_keys UNIQUE NULLS NOT DISTINCT (
        submission_date, activity_date, application, channel, process, crash_class, is_startup, source
    )
);

COMMENT ON TABLE crash_aggregates_process_sums IS 'Sums over crash_aggregates_by_process by submission date, activity date, application, channel, process, class and source, replaced with each day.';
COMMENT ON COLUMN crash_aggregates_process_sums.submission_date IS 'UTC day on which the server received the pings; a run replaces one such day. Unit: date.';
COMMENT ON COLUMN crash_aggregates_process_sums.activity_date IS 'Day on the client''s calendar, clamped into the 7 days before the submission date. Unit: date.';
COMMENT ON COLUMN crash_aggregates_process_sums.application IS 'As in crash_aggregates_by_process. Unit: name.';
COMMENT ON COLUMN crash_aggregates_process_sums.channel IS 'As in crash_aggregates_by_process. Unit: name.';
COMMENT ON COLUMN crash_aggregates_process_sums.process IS 'As in crash_aggregates_by_process. Unit: name.';
COMMENT ON COLUMN crash_aggregates_process_sums.crash_class IS 'As in crash_aggregates_by_process. Unit: name.';
COMMENT ON COLUMN crash_aggregates_process_sums.is_startup IS 'As in crash_aggregates_by_process. Unit: true or false.';
COMMENT ON COLUMN crash_aggregates_process_sums.source IS 'As in crash_aggregates_by_process. Unit: name.';
COMMENT ON COLUMN crash_aggregates_process_sums.crashes IS 'As in crash_aggregates_by_process. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates_process_sums.sent_twice IS 'As in crash_aggregates_by_process. Unit: crashes.';

CREATE TABLE crash_aggregates_labels (
    submission_date date NOT NULL,
    application text NOT NULL,
    channel text,
    build_id text NOT NULL,
    label text,
    learned_label text,
    learned_pings bigint NOT NULL,
    CONSTRAINT crash_aggregates_labels_keys
        UNIQUE NULLS NOT DISTINCT (submission_date, application, channel, build_id)
);

CREATE INDEX crash_aggregates_labels_build
    ON crash_aggregates_labels (application, channel, build_id)
    WHERE learned_label IS NOT NULL;

COMMENT ON TABLE crash_aggregates_labels IS 'What each submission date knew and says of the names of builds. crash_release_builds is learned from it.';
COMMENT ON COLUMN crash_aggregates_labels.submission_date IS 'UTC day on which the server received the pings; a run replaces one such day. Unit: date.';
COMMENT ON COLUMN crash_aggregates_labels.application IS 'What people call it; unknown where the pings name none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_labels.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_labels.build_id IS 'The dimension. Unit: text.';
COMMENT ON COLUMN crash_aggregates_labels.label IS 'By this name the run counted the people of the build; NULL where it knew none, and counted them by their version. Unit: name.';
COMMENT ON COLUMN crash_aggregates_labels.learned_label IS 'What most usage pings of the day call the build; a nightly is its version and the date of its build. NULL where none says it. Unit: name.';
COMMENT ON COLUMN crash_aggregates_labels.learned_pings IS 'Usage pings that say so. Unit: pings.';

-- Kept when days are dropped: a release was what it was.
CREATE TABLE crash_release_builds (
    application text NOT NULL,
    channel text,
    build_id text NOT NULL,
    label text NOT NULL,
    source text NOT NULL CHECK (source IN ('pings', 'product-details')),
    CONSTRAINT crash_release_builds_keys UNIQUE NULLS NOT DISTINCT (application, channel, build_id)
);

COMMENT ON TABLE crash_release_builds IS 'What people call each build. Learned from all stored days, and from a list of releases where pings do not say it.';
COMMENT ON COLUMN crash_release_builds.application IS 'What people call it. Unit: name.';
COMMENT ON COLUMN crash_release_builds.channel IS 'By crash_channel. Unit: name.';
COMMENT ON COLUMN crash_release_builds.build_id IS 'The dimension. Unit: text.';
COMMENT ON COLUMN crash_release_builds.label IS 'Like 156.0b3; of a nightly the version and the date of its build. Unit: name.';
COMMENT ON COLUMN crash_release_builds.source IS 'pings, or product-details: the list of releases that the settings name. Unit: name.';

CREATE TABLE crash_releases (
    application text NOT NULL,
    channel text,
    label text NOT NULL,
    source text NOT NULL CHECK (source IN ('pings', 'product-details', 'version')),
    first_day date NOT NULL,
    first_day_1_percent date,
    first_day_10_percent date,
    first_day_50_percent date,
    CONSTRAINT crash_releases_keys UNIQUE NULLS NOT DISTINCT (application, channel, label)
);

COMMENT ON TABLE crash_releases IS 'When each release was first used, over all its builds, by activity date. Builds older than 83 days have no part in it.';
COMMENT ON COLUMN crash_releases.application IS 'What people call it. Unit: name.';
COMMENT ON COLUMN crash_releases.channel IS 'By crash_channel. Unit: name.';
COMMENT ON COLUMN crash_releases.label IS 'What people call the release. Unit: name.';
COMMENT ON COLUMN crash_releases.source IS 'What told the name: pings, product-details, or the version alone. Unit: name.';
COMMENT ON COLUMN crash_releases.first_day IS 'First activity date with usage. Unit: date.';
COMMENT ON COLUMN crash_releases.first_day_1_percent IS 'First activity date with 1% of the channel''s usage hours: day 0 of the release. Unit: date.';
COMMENT ON COLUMN crash_releases.first_day_10_percent IS 'First activity date with 10% of them. Unit: date.';
COMMENT ON COLUMN crash_releases.first_day_50_percent IS 'First activity date with 50% of them. Unit: date.';

CREATE TABLE crash_aggregates_clients (
    submission_date date NOT NULL,
    level text NOT NULL,
    application text NOT NULL,
    channel text,
    label text,
    os_name text,
    os_version text,
    country text,
    kind text NOT NULL,
    active_clients bigint NOT NULL,
    crashed_clients bigint NOT NULL,
    crashes bigint NOT NULL,
    squares bigint NOT NULL,
    clients_1 bigint NOT NULL,
    clients_2 bigint NOT NULL,
    clients_3_5 bigint NOT NULL,
    clients_6_20 bigint NOT NULL,
    clients_more bigint NOT NULL,
    crashes_1 bigint NOT NULL,
    crashes_2 bigint NOT NULL,
    crashes_3_5 bigint NOT NULL,
    crashes_6_20 bigint NOT NULL,
    crashes_more bigint NOT NULL,
    top_clients bigint NOT NULL,
    top_crashes bigint NOT NULL,
    top_usage_seconds bigint NOT NULL,
    CONSTRAINT crash_aggregates_clients_keys UNIQUE NULLS NOT DISTINCT (
        submission_date, level, application, channel, label, os_name, os_version, country, kind
    )
);

COMMENT ON TABLE crash_aggregates_clients IS 'Distinct clients of each submission date, counted at each level apart, as they do not add up. Exact, so for the owner and the writer alone; readers ask crash_clients.';
COMMENT ON COLUMN crash_aggregates_clients.submission_date IS 'UTC day on which the server received the pings; a run replaces one such day. Unit: date.';
COMMENT ON COLUMN crash_aggregates_clients.level IS 'What divides the clients of an application''s channel: channel for nothing, label, os, os_version or country. Unit: name.';
COMMENT ON COLUMN crash_aggregates_clients.application IS 'What people call it; unknown where the pings name none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_clients.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_clients.label IS 'Of the level label: the release, as in crash_aggregates_labels, or the version. Unit: name.';
COMMENT ON COLUMN crash_aggregates_clients.os_name IS 'Of the levels os and os_version: the dimension. Unit: text.';
COMMENT ON COLUMN crash_aggregates_clients.os_version IS 'Of the level os_version: by crash_os_version. Unit: text.';
COMMENT ON COLUMN crash_aggregates_clients.country IS 'Of the level country: the dimension. Unit: text.';
COMMENT ON COLUMN crash_aggregates_clients.kind IS 'Of the crashes: main, content (those that are no kill at shutdown) or any (these and all other processes). Unit: name.';
COMMENT ON COLUMN crash_aggregates_clients.active_clients IS 'Clients with a usage ping; the same in each kind. Unit: clients.';
COMMENT ON COLUMN crash_aggregates_clients.crashed_clients IS 'Clients with a crash of the kind. Of Glean crash pings they are other ids than the active ones: a ratio of two counts, never a join. Unit: clients.';
COMMENT ON COLUMN crash_aggregates_clients.crashes IS 'Crashes of clients with an id. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates_clients.squares IS 'Sum of the squares of each client''s crashes: squares / crashes is how many crashes come together. Unit: crashes squared.';
COMMENT ON COLUMN crash_aggregates_clients.clients_1 IS 'Clients that crashed once. Unit: clients.';
COMMENT ON COLUMN crash_aggregates_clients.clients_2 IS 'Clients that crashed twice. Unit: clients.';
COMMENT ON COLUMN crash_aggregates_clients.clients_3_5 IS 'Clients that crashed 3 to 5 times. Unit: clients.';
COMMENT ON COLUMN crash_aggregates_clients.clients_6_20 IS 'Clients that crashed 6 to 20 times. Unit: clients.';
COMMENT ON COLUMN crash_aggregates_clients.clients_more IS 'Clients that crashed more often. Unit: clients.';
COMMENT ON COLUMN crash_aggregates_clients.crashes_1 IS 'Crashes of those in clients_1. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates_clients.crashes_2 IS 'Crashes of those in clients_2. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates_clients.crashes_3_5 IS 'Crashes of those in clients_3_5. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates_clients.crashes_6_20 IS 'Crashes of those in clients_6_20. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates_clients.crashes_more IS 'Crashes of those in clients_more. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates_clients.top_clients IS 'One in a thousand of the crashed clients, rounded up: those with most crashes, of equals those with most usage. Unit: clients.';
COMMENT ON COLUMN crash_aggregates_clients.top_crashes IS 'Crashes of those in top_clients. Unit: crashes.';
COMMENT ON COLUMN crash_aggregates_clients.top_usage_seconds IS 'Usage of those in top_clients, where their usage pings have the same id. Unit: seconds.';

CREATE TABLE crash_aggregates_by_experiment (
    submission_date date NOT NULL,
    experiment text NOT NULL,
    branch text NOT NULL,
    application text NOT NULL,
    channel text,
    label text,
    active_clients bigint NOT NULL,
    main_crashed_clients bigint NOT NULL,
    content_crashed_clients bigint NOT NULL,
    any_crashed_clients bigint NOT NULL,
    usage_seconds bigint NOT NULL,
    usage_hours double precision GENERATED ALWAYS AS (usage_seconds::double precision / 3600) STORED,
    active_seconds bigint NOT NULL,
    active_hours double precision GENERATED ALWAYS AS (active_seconds::double precision / 3600) STORED,
    CONSTRAINT crash_aggregates_by_experiment_keys UNIQUE NULLS NOT DISTINCT (
        submission_date, experiment, branch, application, channel, label
    )
);

COMMENT ON TABLE crash_aggregates_by_experiment IS 'Crashes, hours and distinct clients by experiment and branch: a ping in several experiments stands in each, so rows do not add up over experiments. Exact, so for the owner and the writer alone; readers ask crash_experiments. Further columns: the stats of crash_aggregates.';
COMMENT ON COLUMN crash_aggregates_by_experiment.submission_date IS 'UTC day on which the server received the pings; a run replaces one such day. Unit: date.';
COMMENT ON COLUMN crash_aggregates_by_experiment.experiment IS 'Its name, as pings have it. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_experiment.branch IS 'Its branch. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_experiment.application IS 'What people call it; unknown where the pings name none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_experiment.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_experiment.label IS 'The release, as in crash_aggregates_labels, or the version. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_experiment.active_clients IS 'Clients with a usage ping. Unit: clients.';
COMMENT ON COLUMN crash_aggregates_by_experiment.main_crashed_clients IS 'Clients with a crash of the kind main, as in crash_aggregates_clients. Unit: clients.';
COMMENT ON COLUMN crash_aggregates_by_experiment.content_crashed_clients IS 'Likewise of the kind content. Unit: clients.';
COMMENT ON COLUMN crash_aggregates_by_experiment.any_crashed_clients IS 'Likewise of the kind any. Unit: clients.';
COMMENT ON COLUMN crash_aggregates_by_experiment.usage_hours IS 'usage_seconds / 3600, generated. Includes sleep on Windows only: rates do not compare across operating systems. Unit: hours.';
COMMENT ON COLUMN crash_aggregates_by_experiment.active_hours IS 'active_seconds / 3600, generated: hours in which somebody used the application, the same on every operating system. Unit: hours.';

CREATE TABLE crash_people (
    min_clients integer NOT NULL CHECK (min_clients >= 1)
);
INSERT INTO crash_people (min_clients) VALUES (100);
CREATE UNIQUE INDEX crash_people_one_row ON crash_people ((true));

COMMENT ON TABLE crash_people IS 'One row: what readers may know of few people.';
COMMENT ON COLUMN crash_people.min_clients IS 'Groups of fewer active clients are other for readers. Unit: clients.';

-- Whoever reads what is made in this schema, by its default privileges, must not read exact counts of few
-- people. `database init` gives the writer what it needs.
DO $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT format(
            'REVOKE ALL ON %s FROM %s',
            pg_class.oid::regclass,
            CASE WHEN given.grantee = 0 THEN 'PUBLIC' ELSE given.grantee::regrole::text END
        )
        FROM pg_class
        CROSS JOIN LATERAL aclexplode(pg_class.relacl) AS given
        WHERE
            pg_class.oid IN (
                'crash_aggregates_clients'::regclass, 'crash_aggregates_by_experiment'::regclass
            )
            AND given.grantee <> pg_class.relowner
        GROUP BY pg_class.oid, given.grantee
    LOOP
        EXECUTE statement;
    END LOOP;
END
$$;
