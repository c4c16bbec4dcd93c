-- What the counts mean: the sums that verdicts are computed from, and what was said about each day.
-- Answers are added and never changed: the newest of a submission date is the one that holds.
CREATE TABLE crash_aggregates_by_stratum (
    submission_date date NOT NULL,
    activity_date date NOT NULL,
    application text NOT NULL,
    channel text,
    build_version text,
    build_id text,
    os_name text,
    architecture text,
    country text,
    aggregates bigint NOT NULL,
    ping_count bigint NOT NULL,
    usage_seconds bigint NOT NULL,
    usage_hours double precision GENERATED ALWAYS AS (usage_seconds::double precision / 3600) STORED,
    main_crashes bigint NOT NULL,
    content_crashes bigint NOT NULL,
    plugin_crashes bigint NOT NULL,
    gmplugin_crashes bigint NOT NULL,
    gpu_crashes bigint NOT NULL,
    content_shutdown_crashes bigint NOT NULL,
    content_crash_pings bigint NOT NULL,
    content_shutdown_crash_pings bigint NOT NULL,
    other_process_crash_pings bigint NOT NULL,
    main_crashes_sent_twice bigint NOT NULL,
    active_seconds bigint,
    active_hours double precision GENERATED ALWAYS AS (active_seconds::double precision / 3600) STORED,
    CONSTRAINT crash_aggregates_by_stratum_keys UNIQUE NULLS NOT DISTINCT (
        application,
        channel,
        submission_date,
        build_id,
        build_version,
        activity_date,
        os_name,
        architecture,
        country
    )
);

CREATE INDEX crash_aggregates_by_stratum_submission_date
    ON crash_aggregates_by_stratum (submission_date);

COMMENT ON TABLE crash_aggregates_by_stratum IS 'Sums over crash_aggregates by submission date, activity date, application, channel, build and by what releases must be compared within: system, architecture and country. Replaced with each day. Further columns: the stats of crash_aggregates.';
COMMENT ON COLUMN crash_aggregates_by_stratum.submission_date IS 'UTC day on which the server received the pings; a run replaces one such day. Unit: date.';
COMMENT ON COLUMN crash_aggregates_by_stratum.activity_date IS 'Day on the client''s calendar, clamped into the 7 days before the submission date. Unit: date.';
COMMENT ON COLUMN crash_aggregates_by_stratum.application IS 'What people call it; unknown where the pings name none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_stratum.channel IS 'By crash_channel; NULL where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_stratum.build_version IS 'The dimension; NULL where build_id is, unless the pings name no build. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_stratum.build_id IS 'The dimension, of builds up to 83 days old on the activity date; NULL for all others. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_stratum.os_name IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_stratum.architecture IS 'The dimension; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_stratum.country IS 'One of the 12 countries with most usage hours of the application on the submission date, other for the rest; NULL where the pings or the run have none. Unit: text.';
COMMENT ON COLUMN crash_aggregates_by_stratum.aggregates IS 'Rows of crash_aggregates that were summed. Unit: rows.';
COMMENT ON COLUMN crash_aggregates_by_stratum.usage_hours IS 'usage_seconds / 3600, generated. Includes sleep on Windows only: rates do not compare across operating systems. Unit: hours.';
COMMENT ON COLUMN crash_aggregates_by_stratum.active_hours IS 'active_seconds / 3600, generated: hours in which somebody used the application, the same on every operating system. Unit: hours.';

CREATE TABLE crash_assessments (
    assessment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    submission_date date NOT NULL,
    assessed_at timestamptz NOT NULL,
    program_version text NOT NULL,
    method_version integer NOT NULL,
    last_run_id bigint NOT NULL,
    seconds double precision NOT NULL
);

CREATE INDEX crash_assessments_submission_date
    ON crash_assessments (submission_date, assessment_id DESC);

COMMENT ON TABLE crash_assessments IS 'Every assessment of a submission date: what was said on its evening, from the days up to it alone. None is changed: crash_current_assessments has the one that holds.';
COMMENT ON COLUMN crash_assessments.assessment_id IS 'Greater than that of every earlier one. Unit: number.';
COMMENT ON COLUMN crash_assessments.submission_date IS 'The day that was assessed: no later submission date was read. Unit: date.';
COMMENT ON COLUMN crash_assessments.assessed_at IS 'When. Unit: time.';
COMMENT ON COLUMN crash_assessments.program_version IS 'Of crash-rate-aggregates. Unit: version.';
COMMENT ON COLUMN crash_assessments.method_version IS 'Of the methods in docs/statistics.md. Unit: version.';
COMMENT ON COLUMN crash_assessments.last_run_id IS 'The newest run whose rows were read. Unit: number.';
COMMENT ON COLUMN crash_assessments.seconds IS 'How long it took. Unit: seconds.';

CREATE TABLE crash_variation (
    assessment_id bigint NOT NULL REFERENCES crash_assessments ON DELETE CASCADE,
    application text NOT NULL,
    channel text NOT NULL,
    kind text NOT NULL,
    burst_factor double precision,
    day_sd double precision,
    days integer NOT NULL,
    PRIMARY KEY (assessment_id, application, channel, kind)
);

COMMENT ON TABLE crash_variation IS 'How much crashes of an application''s channel vary beyond chance: what the intervals of its rates are made of.';
COMMENT ON COLUMN crash_variation.assessment_id IS 'Of crash_assessments. Unit: number.';
COMMENT ON COLUMN crash_variation.application IS 'What people call it. Unit: name.';
COMMENT ON COLUMN crash_variation.channel IS 'By crash_channel. Unit: name.';
COMMENT ON COLUMN crash_variation.kind IS 'Of the crashes, as in crash_rates_by_day. Unit: name.';
COMMENT ON COLUMN crash_variation.burst_factor IS 'Variance of a count over its mean, as clients crash in bursts; NULL where no clients tell it: then 3 is assumed. Unit: ratio.';
COMMENT ON COLUMN crash_variation.day_sd IS 'Relative standard deviation of a day beyond counts, from the last 56 complete activity dates; NULL with too few: then 0.1 is assumed. Unit: ratio.';
COMMENT ON COLUMN crash_variation.days IS 'Activity dates that tell it. Unit: days.';

CREATE TABLE crash_nowcasts (
    assessment_id bigint NOT NULL REFERENCES crash_assessments ON DELETE CASCADE,
    application text NOT NULL,
    channel text NOT NULL,
    kind text NOT NULL,
    activity_date date NOT NULL,
    days_late integer NOT NULL,
    state text NOT NULL CHECK (state IN ('complete', 'provisional', 'too early', 'unknown')),
    crashes double precision NOT NULL,
    usage_hours double precision NOT NULL,
    crashes_complete double precision,
    hours_complete double precision,
    rate double precision,
    lower_limit double precision,
    upper_limit double precision,
    final_lower_limit double precision,
    final_upper_limit double precision,
    note text,
    PRIMARY KEY (assessment_id, application, channel, kind, activity_date)
);

COMMENT ON TABLE crash_nowcasts IS 'Of each activity date whose pings are still coming in: how much of it is there, and what its rate will be.';
COMMENT ON COLUMN crash_nowcasts.assessment_id IS 'Of crash_assessments. Unit: number.';
COMMENT ON COLUMN crash_nowcasts.application IS 'What people call it. Unit: name.';
COMMENT ON COLUMN crash_nowcasts.channel IS 'By crash_channel. Unit: name.';
COMMENT ON COLUMN crash_nowcasts.kind IS 'Of the crashes, as in crash_rates_by_day. Unit: name.';
COMMENT ON COLUMN crash_nowcasts.activity_date IS 'Day on the clients'' calendar. Unit: date.';
COMMENT ON COLUMN crash_nowcasts.days_late IS 'From the activity date to the assessed submission date. Unit: days.';
COMMENT ON COLUMN crash_nowcasts.state IS 'complete: all 8 submission dates are stored; provisional: a corrected rate; too early: too little has come in to say one; unknown: too few complete dates to learn from. Unit: word.';
COMMENT ON COLUMN crash_nowcasts.crashes IS 'So far. Unit: crashes.';
COMMENT ON COLUMN crash_nowcasts.usage_hours IS 'So far. Unit: hours.';
COMMENT ON COLUMN crash_nowcasts.crashes_complete IS 'Share of the date''s crashes that has come in, as expected. Unit: share.';
COMMENT ON COLUMN crash_nowcasts.hours_complete IS 'Share of the date''s usage hours that has come in, as expected. Unit: share.';
COMMENT ON COLUMN crash_nowcasts.rate IS 'Corrected for what is still to come; NULL where nothing is said. Unit: crashes per 1,000 hours.';
COMMENT ON COLUMN crash_nowcasts.lower_limit IS 'Of the 95% interval of the rate that the channel had on that date. Unit: crashes per 1,000 hours.';
COMMENT ON COLUMN crash_nowcasts.upper_limit IS 'Of the same. Unit: crashes per 1,000 hours.';
COMMENT ON COLUMN crash_nowcasts.final_lower_limit IS 'Of the 95% interval of what the table will show once the date is complete. Unit: crashes per 1,000 hours.';
COMMENT ON COLUMN crash_nowcasts.final_upper_limit IS 'Of the same. Unit: crashes per 1,000 hours.';
COMMENT ON COLUMN crash_nowcasts.note IS 'What makes it worth less: missing submission dates, or delays that have changed. Unit: text.';

CREATE TABLE crash_verdicts (
    assessment_id bigint NOT NULL REFERENCES crash_assessments ON DELETE CASCADE,
    application text NOT NULL,
    channel text NOT NULL,
    label text NOT NULL,
    previous_label text,
    kind text NOT NULL,
    method text NOT NULL,
    is_decisive boolean NOT NULL,
    state text NOT NULL,
    words text NOT NULL,
    first_day date NOT NULL,
    age integer NOT NULL,
    since date,
    ratio double precision,
    lower_limit double precision,
    upper_limit double precision,
    crashes double precision,
    usage_hours double precision,
    previous_crashes double precision,
    previous_usage_hours double precision,
    hours_needed double precision,
    days_needed double precision,
    change double precision NOT NULL,
    alpha double precision NOT NULL,
    PRIMARY KEY (assessment_id, application, channel, label, kind, method)
);

COMMENT ON TABLE crash_verdicts IS 'What was said of each release, kind of crash and method: worse or better than the release before it, no change, or what is missing.';
COMMENT ON COLUMN crash_verdicts.assessment_id IS 'Of crash_assessments. Unit: number.';
COMMENT ON COLUMN crash_verdicts.application IS 'What people call it. Unit: name.';
COMMENT ON COLUMN crash_verdicts.channel IS 'By crash_channel. Unit: name.';
COMMENT ON COLUMN crash_verdicts.label IS 'The release, or experiment and branch. Unit: name.';
COMMENT ON COLUMN crash_verdicts.previous_label IS 'What it was compared with: the release before it, or the control; NULL where there is none. Unit: name.';
COMMENT ON COLUMN crash_verdicts.kind IS 'Of the crashes. Unit: name.';
COMMENT ON COLUMN crash_verdicts.method IS 'How it was compared: same days, equal age, user-days or branches. Unit: name.';
COMMENT ON COLUMN crash_verdicts.is_decisive IS 'Whether this method''s answer is the verdict; the other stands beside it. Unit: true or false.';
COMMENT ON COLUMN crash_verdicts.state IS 'worse, better, no change, not enough data, cannot tell or data problem. Unit: word.';
COMMENT ON COLUMN crash_verdicts.words IS 'The verdict as people read it. Unit: text.';
COMMENT ON COLUMN crash_verdicts.first_day IS 'Activity date that is day 0 of the release. Unit: date.';
COMMENT ON COLUMN crash_verdicts.age IS 'From that day to the assessed submission date. Unit: days.';
COMMENT ON COLUMN crash_verdicts.since IS 'Of worse and better: the first evening since when it has been said without a break. Unit: date.';
COMMENT ON COLUMN crash_verdicts.ratio IS 'Of the rates, within the same systems, architectures and countries. Unit: ratio.';
COMMENT ON COLUMN crash_verdicts.lower_limit IS 'Of the interval that decides. Unit: ratio.';
COMMENT ON COLUMN crash_verdicts.upper_limit IS 'Of the same. Unit: ratio.';
COMMENT ON COLUMN crash_verdicts.crashes IS 'Of the release that were compared. Unit: crashes.';
COMMENT ON COLUMN crash_verdicts.usage_hours IS 'Of the release; of user-days, user-days. Unit: hours.';
COMMENT ON COLUMN crash_verdicts.previous_crashes IS 'Of what it was compared with. Unit: crashes.';
COMMENT ON COLUMN crash_verdicts.previous_usage_hours IS 'Of what it was compared with. Unit: hours.';
COMMENT ON COLUMN crash_verdicts.hours_needed IS 'Of not enough data: about so many more of the release. Unit: hours.';
COMMENT ON COLUMN crash_verdicts.days_needed IS 'Of the same, at the adoption of the last day. Unit: days.';
COMMENT ON COLUMN crash_verdicts.change IS 'A smaller change counts as none. Unit: share.';
COMMENT ON COLUMN crash_verdicts.alpha IS 'One-sided error rate over all evenings. Unit: share.';

CREATE TABLE crash_explanations (
    assessment_id bigint NOT NULL REFERENCES crash_assessments ON DELETE CASCADE,
    application text NOT NULL,
    channel text NOT NULL,
    label text,
    kind text NOT NULL,
    list text NOT NULL CHECK (list IN ('segments', 'processes')),
    place integer NOT NULL,
    segment jsonb NOT NULL,
    words text NOT NULL,
    crashes double precision,
    expected_crashes double precision,
    excess double precision,
    share double precision,
    ratio double precision,
    lower_limit double precision,
    upper_limit double precision,
    CONSTRAINT crash_explanations_keys UNIQUE NULLS NOT DISTINCT (
        assessment_id, application, channel, label, kind, list, place
    )
);

COMMENT ON TABLE crash_explanations IS 'For whom a release or a channel crashes more: disjoint segments, and processes with classes, those with most excess crashes first. One row without a place where no segment stands out.';
COMMENT ON COLUMN crash_explanations.assessment_id IS 'Of crash_assessments. Unit: number.';
COMMENT ON COLUMN crash_explanations.application IS 'What people call it. Unit: name.';
COMMENT ON COLUMN crash_explanations.channel IS 'By crash_channel. Unit: name.';
COMMENT ON COLUMN crash_explanations.label IS 'The release whose verdict it explains; NULL for the alarm of a channel. Unit: name.';
COMMENT ON COLUMN crash_explanations.kind IS 'Of the crashes. Unit: name.';
COMMENT ON COLUMN crash_explanations.list IS 'segments, or processes with classes. Unit: word.';
COMMENT ON COLUMN crash_explanations.place IS 'From 1; 0 for the row that says that nothing stands out. Unit: number.';
COMMENT ON COLUMN crash_explanations.segment IS 'Values by dimension. Unit: object.';
COMMENT ON COLUMN crash_explanations.words IS 'The same as people read it. Unit: text.';
COMMENT ON COLUMN crash_explanations.crashes IS 'Now. Unit: crashes.';
COMMENT ON COLUMN crash_explanations.expected_crashes IS 'By its rate before, and what all others did. Unit: crashes.';
COMMENT ON COLUMN crash_explanations.excess IS 'The difference. Unit: crashes.';
COMMENT ON COLUMN crash_explanations.share IS 'Of the whole excess. Unit: share.';
COMMENT ON COLUMN crash_explanations.ratio IS 'Crashes over those expected. Unit: ratio.';
COMMENT ON COLUMN crash_explanations.lower_limit IS 'Of its 95% interval. Unit: ratio.';
COMMENT ON COLUMN crash_explanations.upper_limit IS 'Of the same. Unit: ratio.';

CREATE TABLE crash_alarms (
    assessment_id bigint NOT NULL REFERENCES crash_assessments ON DELETE CASCADE,
    alarm_id text NOT NULL,
    application text NOT NULL,
    channel text NOT NULL,
    kind text NOT NULL,
    measure text NOT NULL CHECK (measure IN ('rate', 'hours')),
    begun date NOT NULL,
    state text NOT NULL CHECK (state IN ('begun', 'lit', 'ended', 'new level')),
    words text NOT NULL,
    activity_date date NOT NULL,
    observed double precision,
    expected double precision,
    ratio double precision,
    lower_limit double precision,
    upper_limit double precision,
    machines text,
    PRIMARY KEY (assessment_id, alarm_id)
);

COMMENT ON TABLE crash_alarms IS 'Alarms of each evening: a channel''s rate far above, or its hours far below, what was to be expected. An alarm has a row on every evening that it lasts, and one on that on which it ends.';
COMMENT ON COLUMN crash_alarms.assessment_id IS 'Of crash_assessments. Unit: number.';
COMMENT ON COLUMN crash_alarms.alarm_id IS 'Names it on all its evenings. Unit: name.';
COMMENT ON COLUMN crash_alarms.application IS 'What people call it. Unit: name.';
COMMENT ON COLUMN crash_alarms.channel IS 'By crash_channel. Unit: name.';
COMMENT ON COLUMN crash_alarms.kind IS 'Of the crashes; hours of an alarm about hours. Unit: name.';
COMMENT ON COLUMN crash_alarms.measure IS 'rate or hours. Unit: word.';
COMMENT ON COLUMN crash_alarms.begun IS 'First activity date of the alarm. Unit: date.';
COMMENT ON COLUMN crash_alarms.state IS 'begun this evening, lit since earlier, ended this evening, or a new level, which has lasted too long for an alarm. Unit: word.';
COMMENT ON COLUMN crash_alarms.words IS 'The same as people read it. Unit: text.';
COMMENT ON COLUMN crash_alarms.activity_date IS 'The date that the figures are of. Unit: date.';
COMMENT ON COLUMN crash_alarms.observed IS 'Corrected rate, or hours so far. Unit: crashes per 1,000 hours, or hours.';
COMMENT ON COLUMN crash_alarms.expected IS 'By the level and the weekday. Unit: crashes per 1,000 hours, or hours.';
COMMENT ON COLUMN crash_alarms.ratio IS 'observed / expected. Unit: ratio.';
COMMENT ON COLUMN crash_alarms.lower_limit IS 'Of the 95% interval of the ratio. Unit: ratio.';
COMMENT ON COLUMN crash_alarms.upper_limit IS 'Of the same. Unit: ratio.';
COMMENT ON COLUMN crash_alarms.machines IS 'Whether few machines or many make the excess; NULL where it cannot be said. Unit: words.';

CREATE TABLE crash_watch_states (
    assessment_id bigint NOT NULL REFERENCES crash_assessments ON DELETE CASCADE,
    application text NOT NULL,
    channel text NOT NULL,
    kind text NOT NULL,
    measure text NOT NULL CHECK (measure IN ('rate', 'hours')),
    state jsonb NOT NULL,
    PRIMARY KEY (assessment_id, application, channel, kind, measure)
);

COMMENT ON TABLE crash_watch_states IS 'What one evening leaves to the next: the frozen level of an alarm, and the dates that no level is learnt from.';
COMMENT ON COLUMN crash_watch_states.assessment_id IS 'Of crash_assessments. Unit: number.';
COMMENT ON COLUMN crash_watch_states.application IS 'What people call it. Unit: name.';
COMMENT ON COLUMN crash_watch_states.channel IS 'By crash_channel. Unit: name.';
COMMENT ON COLUMN crash_watch_states.kind IS 'As in crash_alarms. Unit: name.';
COMMENT ON COLUMN crash_watch_states.measure IS 'rate or hours. Unit: word.';
COMMENT ON COLUMN crash_watch_states.state IS 'Of the watch, as the program wrote it. Unit: object.';

CREATE TABLE crash_acknowledgements (
    alarm_id text NOT NULL,
    acknowledged_at timestamptz NOT NULL DEFAULT now(),
    acknowledged_by text NOT NULL,
    note text NOT NULL,
    ratio double precision,
    PRIMARY KEY (alarm_id, acknowledged_at)
);

COMMENT ON TABLE crash_acknowledgements IS 'Who knows of an alarm or a verdict and why: it is quiet until it ends or worsens.';
COMMENT ON COLUMN crash_acknowledgements.alarm_id IS 'Of an alarm or a verdict of worse. Unit: name.';
COMMENT ON COLUMN crash_acknowledgements.acknowledged_at IS 'When. Unit: time.';
COMMENT ON COLUMN crash_acknowledgements.acknowledged_by IS 'Who. Unit: name.';
COMMENT ON COLUMN crash_acknowledgements.note IS 'Why, like the number of a bug. Unit: text.';
COMMENT ON COLUMN crash_acknowledgements.ratio IS 'How bad it was then: half as much again has worsened. Unit: ratio.';

CREATE TABLE crash_notifications (
    alarm_id text NOT NULL,
    state text NOT NULL,
    destination text NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (alarm_id, state, destination)
);

COMMENT ON TABLE crash_notifications IS 'What `watch --notify` has sent where: each is sent once.';
COMMENT ON COLUMN crash_notifications.alarm_id IS 'Of an alarm or a verdict of worse. Unit: name.';
COMMENT ON COLUMN crash_notifications.state IS 'begun, worsened or ended. Unit: word.';
COMMENT ON COLUMN crash_notifications.destination IS 'Name of the destination in the settings; never an address. Unit: name.';
COMMENT ON COLUMN crash_notifications.sent_at IS 'When. Unit: time.';

-- The new summary is made of stored days as well: the next run sums all of them up again.
DELETE FROM crash_aggregates_folded_days;
