-- What the tables are asked through, in one order: how values are folded, what the kinds of crashes are,
-- their rates and 95% intervals, and what the program itself calls. All that shows a rate calls these;
-- docs/database.md explains the interval. The file is applied anew whenever it differs from what the
-- database has: all functions and views go first, so nothing here says OR REPLACE.

-- How values of dimensions are folded.

CREATE FUNCTION crash_channel(channel text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN channel IN ('release', 'beta', 'aurora', 'nightly', 'esr') THEN channel
    WHEN channel IS NOT NULL THEN 'other'
END;

COMMENT ON FUNCTION crash_channel(text) IS 'The channel, where it is release, beta, aurora, nightly or esr; all others are other. NULL stays NULL.';

CREATE FUNCTION crash_os_version(os_version text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN os_version IS NOT NULL
    THEN coalesce(substring(os_version FROM '^[0-9]{1,9}(?:\.[0-9]{1,9})?'), 'other')
END;

COMMENT ON FUNCTION crash_os_version(text) IS 'The first two numbers of a system''s version, like 6.1 or 15.3; a version that begins otherwise is other. NULL stays NULL.';

-- A day that its month does not have would fall into the next month: it is no date.
CREATE FUNCTION crash_build_date(build_id text)
RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN build_id ~ '^[12][0-9]{3}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{6}$'
        AND substring(build_id, 7, 2)::integer <= date_part(
            'day',
            make_date(substring(build_id, 1, 4)::integer, substring(build_id, 5, 2)::integer, 1)
            + interval '1 month - 1 day'
        )
    THEN make_date(
        substring(build_id, 1, 4)::integer,
        substring(build_id, 5, 2)::integer,
        substring(build_id, 7, 2)::integer
    )
END;

COMMENT ON FUNCTION crash_build_date(text) IS 'The date that a build id begins with, NULL where that is no date.';

CREATE FUNCTION crash_build_age(build_id text, activity_date date)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT age FROM (VALUES (activity_date - crash_build_date(build_id))) AS ages (age)
    WHERE age BETWEEN 0 AND 83
$$;

COMMENT ON FUNCTION crash_build_age(text, date) IS 'Days from the date of the build id to the activity date, where they are 0 to 83; NULL for older builds and for those from the future. Unit: days.';

-- The kinds of crashes, and how much they vary: docs/database.md has the formula.

-- Of one row or of many: half a crash stays half until crash_rate rounds, once.
CREATE FUNCTION crash_main(main_crashes double precision, main_crashes_sent_twice double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN main_crashes - main_crashes_sent_twice / 2;

COMMENT ON FUNCTION crash_main(double precision, double precision) IS 'Main process crashes, each once: main_crashes without half of main_crashes_sent_twice. Unit: crashes.';

-- Shares of a group by crashes; by hours where it has none. The second term is so small that it
-- vanishes beside the first, so that one pass finds both.
CREATE FUNCTION crash_weight(crashes double precision, usage_hours double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN crashes + 1e-30 * coalesce(usage_hours, 0);

COMMENT ON FUNCTION crash_weight(double precision, double precision) IS 'What a day of a channel counts in the interval of a group: its crashes, and where the whole group has none its usage hours. Unit: crashes.';

CREATE FUNCTION crash_assumed_burst_factor()
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 3::double precision;

COMMENT ON FUNCTION crash_assumed_burst_factor() IS 'Variance of a count of crashes over its mean, as clients crash in bursts, where a channel''s clients do not tell it. Unit: ratio.';

CREATE FUNCTION crash_assumed_day_sd()
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 0.1::double precision;

COMMENT ON FUNCTION crash_assumed_day_sd() IS 'Relative standard deviation of a day of a channel beyond counts, where too few days tell it. Unit: ratio.';

-- Its parameters and rows are made from the kinds of crashes in crash_kinds.py. What callers hand over
-- by name is made there too: see rate_slots.py.
CREATE FUNCTION crash_kinds(
    {kind_parameters}
)
RETURNS TABLE (
    place integer,
    kind text,
    crashes double precision,
    burst_factor double precision,
    log_sd double precision
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT
        kinds.place,
        kinds.kind,
        kinds.crashes,
        kinds.burst_variance / weights.weight,
        sqrt(kinds.day_variance) / weights.weight
    FROM (
        VALUES
        {kind_values}
    ) AS kinds (place, kind, crashes, burst_variance, day_variance)
    CROSS JOIN LATERAL (
        SELECT nullif(crash_weight(kinds.crashes, crash_kinds.usage_hours), 0)
    ) AS weights (weight)
$$;

COMMENT ON FUNCTION crash_kinds IS 'The kinds of crashes, one row each, from sums of stats of a group: {kinds_in_words}. NULL where the sum is, and where crash pings tell it and knows_crash_pings is not true. For the burst factor and for the standard deviation that days give to the logarithm of the rate it also takes the usage hours and, for each kind, two sums over the days of each channel in the group: of the burst factor times crash_weight (…_burst_variance), and of the square of the relative standard deviation of a day times crash_weight (…_day_variance); without these they are NULL.';

-- Limits of counts.

-- The expansion in powers of the deviate z; its error is below 0.002% from shape 3 on.
CREATE FUNCTION crash_gamma_quantile(shape double precision, z double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN shape
    + z * sqrt(shape)
    + (z ^ 2 - 1) / 3
    + (z ^ 3 - 7 * z) / (36 * sqrt(shape))
    - (3 * z ^ 4 + 7 * z ^ 2 - 16) / (810 * shape)
    + (9 * z ^ 5 + 256 * z ^ 3 - 433 * z) / (38880 * shape * sqrt(shape))
    + (12 * z ^ 6 - 243 * z ^ 4 - 923 * z ^ 2 + 1472) / (204120 * shape ^ 2)
    - (3753 * z ^ 7 + 4353 * z ^ 5 - 289517 * z ^ 3 - 289717 * z)
        / (146966400 * shape ^ 2 * sqrt(shape));

COMMENT ON FUNCTION crash_gamma_quantile(double precision, double precision) IS 'Quantile of the gamma distribution with that shape, of the probability of the normal deviate: the expansion of Cornish and Fisher as Goldberg and Levine give it for chi-square (Ann. Math. Stat. 17, 1946).';

-- Below 3 the expansion fails. Of a small shape the logarithm of the 2.5% quantile is that of 0.025 over the
-- shape and a smooth rest, which the polynomials give: fitted to SciPy's gammaincinv, exact at 1, 2 and 3.
-- The bound keeps exp from failing where the limit is as good as 0.
CREATE FUNCTION crash_effective_lower_limit(crashes double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN crashes >= 3 THEN crash_gamma_quantile(crashes, -1.959963984540054)
    WHEN crashes >= 1
    THEN exp(
        -3.6888794541139363 / crashes
        - 0.5197956123
        + crashes * (
            0.6005774235
            + crashes * (-0.0724599165 + crashes * (0.0042497255 + crashes * 0.0000605759))
        )
    )
    WHEN crashes > 0
    THEN exp(
        greatest(-3.6888794541139363 / crashes, -300)
        - 0.5771546501
        + crashes * (
            0.8201029057
            + crashes * (
                -0.3746119074
                + crashes * (0.1563337624 + crashes * (0.0113875998 - crashes * 0.0234255143))
            )
        )
    )
    WHEN crashes = 0 THEN 0
END;

COMMENT ON FUNCTION crash_effective_lower_limit(double precision) IS 'Lower limit of the exact 95% interval of a Poisson mean (Garwood, Biometrika 28, 1936): the 2.5% quantile of the gamma distribution with that shape, whole or not, within 0.002%. NULL below 0. Unit: crashes.';

-- Below 2 a polynomial, fitted likewise, exact at 0, 1 and 2.
CREATE FUNCTION crash_effective_upper_limit(crashes double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN crashes >= 2 THEN crash_gamma_quantile(crashes + 1, 1.959963984540054)
    WHEN crashes >= 0
    THEN 3.6888794541139363 + crashes * (
        2.1025580639
        + crashes * (
            -0.3307460424
            + crashes * (
                0.164637791
                + crashes * (-0.0704899007 + crashes * (0.0190951644 - crashes * 0.0022911394))
            )
        )
    )
END;

COMMENT ON FUNCTION crash_effective_upper_limit(double precision) IS 'Upper limit of the exact 95% interval of a Poisson mean (Garwood 1936): the 97.5% quantile of the gamma distribution whose shape is one more, within 0.002%. NULL below 0. Unit: crashes.';

CREATE FUNCTION crash_count_lower_limit(
    crashes double precision, burst_factor double precision DEFAULT 1
)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN burst_factor * crash_effective_lower_limit(crashes / burst_factor);

COMMENT ON FUNCTION crash_count_lower_limit(double precision, double precision) IS 'Lower limit of the 95% interval of a count of crashes: exact (Garwood 1936), widened by a burst factor above 1 as Fay and Feuer do for weighted counts (Statistics in Medicine 16, 1997). Unit: crashes.';

CREATE FUNCTION crash_count_upper_limit(
    crashes double precision, burst_factor double precision DEFAULT 1
)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN burst_factor * crash_effective_upper_limit(crashes / burst_factor);

COMMENT ON FUNCTION crash_count_upper_limit(double precision, double precision) IS 'Upper limit of the 95% interval of a count of crashes: exact (Garwood 1936), widened by a burst factor above 1 as Fay and Feuer do for weighted counts (1997). Unit: crashes.';

-- People.

-- A folded group is other in what divides it. A table and not a number here, as it can be set.
CREATE FUNCTION crash_min_clients()
RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT min_clients FROM crash_people
$$;

COMMENT ON FUNCTION crash_min_clients() IS 'Groups of fewer active clients are other for readers; the setting min_clients. Unit: clients.';

CREATE FUNCTION crash_few_clients()
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 5;

COMMENT ON FUNCTION crash_few_clients() IS 'Where fewer clients crashed, their crashes are shown and nothing else of them. Unit: clients.';

-- Wilson's interval with the effective number of user-days. Of one day each client is one trial. Over many
-- the same clients come again, which sums of days cannot tell: the variance is doubled.
CREATE FUNCTION crash_free_user_days(
    active_user_days double precision, crashed_user_days double precision, days bigint
)
RETURNS TABLE (
    crash_free double precision,
    lower_limit double precision,
    upper_limit double precision
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT
        1 - crashed,
        -- Of NULL and a bound, greatest and least give the bound.
        CASE
            WHEN crashed IS NOT NULL
            THEN greatest(0, 1 - (crashed + z ^ 2 / (2 * number) + spread) / (1 + z ^ 2 / number))
        END,
        CASE
            WHEN crashed IS NOT NULL
            THEN least(1, 1 - (crashed + z ^ 2 / (2 * number) - spread) / (1 + z ^ 2 / number))
        END
    FROM (
        SELECT
            1.959963984540054::double precision AS z,
            CASE
                WHEN active_user_days > 0 AND crashed_user_days <= active_user_days
                THEN crashed_user_days / active_user_days
            END AS crashed,
            nullif(active_user_days, 0) / CASE WHEN days > 1 THEN 2 ELSE 1 END AS number
    ) AS trials
    CROSS JOIN LATERAL (
        SELECT z * sqrt(crashed * (1 - crashed) / number + z ^ 2 / (4 * number ^ 2))
    ) AS spreads (spread)
$$;

COMMENT ON FUNCTION crash_free_user_days(double precision, double precision, bigint) IS 'Share of the user-days without a crash, 1 - crashed / active from sums over days, with the 95% interval of Wilson (J. Am. Stat. Assoc. 22, 1927) for the effective number of user-days: all of them for one day, half of them for more, as the same clients come again. NULL where more clients crashed than were active. Unit: share.';

-- Rates.

CREATE FUNCTION crash_min_usage_hours()
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 100::double precision;

COMMENT ON FUNCTION crash_min_usage_hours() IS 'With fewer usage hours no rate is shown, unless another threshold is asked for. Unit: hours.';

-- Chance and days are widths on the logarithm of the rate, and add as variances do; each side has its own.
CREATE FUNCTION crash_expected_lower_limit(
    crashes double precision, burst_factor double precision, log_sd double precision
)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN crashes > 0
    THEN crashes * exp(-sqrt(
        ln(crashes / crash_count_lower_limit(crashes, burst_factor)) ^ 2
        + (1.959963984540054 * log_sd) ^ 2
    ))
    WHEN crashes = 0 THEN 0
END;

COMMENT ON FUNCTION crash_expected_lower_limit(double precision, double precision, double precision) IS 'Lower limit of the 95% interval of the crashes that were to be expected in the same hours on usual days, from those there were, their burst factor and the standard deviation that days give to the logarithm of their rate; docs/database.md has the formula. NULL below 0. Unit: crashes.';

CREATE FUNCTION crash_expected_upper_limit(
    crashes double precision, burst_factor double precision, log_sd double precision
)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN crashes > 0
    THEN crashes * exp(sqrt(
        ln(crash_count_upper_limit(crashes, burst_factor) / crashes) ^ 2
        + (1.959963984540054 * log_sd) ^ 2
    ))
    WHEN crashes = 0
    THEN crash_count_upper_limit(0, burst_factor) * exp(1.959963984540054 * log_sd)
END;

COMMENT ON FUNCTION crash_expected_upper_limit(double precision, double precision, double precision) IS 'Upper limit of the 95% interval of the crashes that were to be expected in the same hours on usual days, as crash_expected_lower_limit. NULL below 0. Unit: crashes.';

CREATE FUNCTION crash_rate(
    crashes double precision,
    usage_hours double precision,
    burst_factor double precision,
    log_sd double precision,
    min_usage_hours double precision,
    is_stored boolean DEFAULT true
)
RETURNS TABLE (
    whole_crashes bigint,
    per_1000_hours double precision,
    lower_limit double precision,
    upper_limit double precision
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT
        ceil(crashes)::bigint,
        1000 * ceil(crashes) / given.hours,
        1000 * crash_expected_lower_limit(ceil(crashes), given.bursts, given.days) / given.hours,
        1000 * crash_expected_upper_limit(ceil(crashes), given.bursts, given.days) / given.hours
    FROM (
        SELECT
            CASE
                WHEN is_stored AND usage_hours > 0 AND usage_hours >= min_usage_hours
                THEN usage_hours
            END,
            coalesce(crash_rate.burst_factor, crash_assumed_burst_factor()),
            coalesce(crash_rate.log_sd, crash_assumed_day_sd())
    ) AS given (hours, bursts, days)
$$;

COMMENT ON FUNCTION crash_rate(double precision, double precision, double precision, double precision, double precision, boolean) IS 'Crashes per 1,000 usage hours with the 95% interval, from crashes, burst factor and log_sd of crash_kinds, usage hours, the fewest hours for a rate and, of activity dates, whether their own submission date is stored. NULL, never 0, where hours are too few, that date is not stored or crashes are not known. Where it is not known how crashes vary, what is assumed of one day. Unit: crashes per 1,000 hours.';

CREATE FUNCTION crash_rate_note(
    crashes double precision,
    knows_crash_pings boolean,
    usage_hours double precision,
    min_usage_hours double precision,
    is_stored boolean DEFAULT true
)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN crashes IS NULL AND NOT knows_crash_pings THEN 'no crash pings'
    WHEN crashes IS NULL THEN 'not counted: fill the days again'
    WHEN NOT is_stored THEN 'its submission date is not stored'
    WHEN coalesce(usage_hours, 0) = 0 THEN 'no usage hours'
    WHEN usage_hours < min_usage_hours THEN 'few usage hours'
END;

COMMENT ON FUNCTION crash_rate_note(double precision, boolean, double precision, double precision, boolean) IS 'Why there is no crash rate: no crash ping of the application was counted, or none with a value of the dimensions asked by; a run stored the days that did not count these crashes; of an activity date, that its own submission date is not stored, without which only late pings are there; no usage hours, or fewer than for a rate. NULL where there is one.';

-- Alarms.

CREATE FUNCTION crash_alarm_id(application text, channel text, VARIADIC parts text[])
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN concat_ws('/', lower(application), channel, array_to_string(parts, '/'));

COMMENT ON FUNCTION crash_alarm_id(text, text, text[]) IS 'What an alarm is acknowledged by: application in small letters, channel and what else tells it from others; of a release''s verdict its label and the kind of crashes. Unit: name.';

CREATE FUNCTION crash_alarm_is_known(ratio double precision, acknowledged_ratio double precision)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ratio IS NULL
    OR acknowledged_ratio IS NULL
    -- Without any hours the ratio is 0.
    OR greatest(ratio, 1 / greatest(ratio, 1e-9))
    < 1.5 * greatest(acknowledged_ratio, 1 / greatest(acknowledged_ratio, 1e-9));

COMMENT ON FUNCTION crash_alarm_is_known(double precision, double precision) IS 'Whether an alarm is still what was acknowledged: its ratio is not half as much again as it was then, upwards of rates or downwards of hours. True where one of the two is not known.';

-- The order of versions.

CREATE FUNCTION crash_version_order(version text)
RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ARRAY[
        coalesce(numbers[1]::integer, 0),
        coalesce(numbers[2]::integer, 0),
        coalesce(numbers[3]::integer, 0),
        coalesce(numbers[4]::integer, 0),
        CASE stage WHEN 'a' THEN 0 WHEN 'b' THEN 1 WHEN '' THEN 2 WHEN 'esr' THEN 3 END,
        coalesce(nullif(stage_number, '')::integer, 0)
    ]
    FROM (
        SELECT string_to_array(parts[1], '.') AS numbers, parts[2] AS stage, parts[3] AS stage_number
        FROM regexp_matches(
            version, '^([0-9]{1,9}(?:\.[0-9]{1,9}){0,3})(a|b|esr|)([0-9]{0,9})(?:pre)?$'
        ) AS parts
    ) AS read
$$;

COMMENT ON FUNCTION crash_version_order(text) IS 'What versions sort by: 9.0, 99.0, 100.0a1, 100.0b3, 100.0, 140.2.0esr, 140.10.0esr. NULL for what is no version.';

-- What the program itself calls.

CREATE FUNCTION crash_applications_digest()
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT md5(coalesce(string_agg(name || identifiers::text, ',' ORDER BY name), ''))
    FROM crash_applications
$$;

COMMENT ON FUNCTION crash_applications_digest() IS 'Another one whenever applications are folded otherwise.';

CREATE FUNCTION crash_aggregates_changed_names(before jsonb, after jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT
AS $$
    SELECT concat_ws(
        ' ',
        (SELECT '+ ' || string_agg(name, ' + ') FROM (
            SELECT jsonb_array_elements(after) EXCEPT SELECT jsonb_array_elements(before)
        ) AS added (value), coalesce(value ->> 'name', value #>> '{}') AS name),
        (SELECT '- ' || string_agg(name, ' - ') FROM (
            SELECT jsonb_array_elements(before) EXCEPT SELECT jsonb_array_elements(after)
        ) AS removed (value), coalesce(value ->> 'name', value #>> '{}') AS name)
    )
$$;

COMMENT ON FUNCTION crash_aggregates_changed_names(jsonb, jsonb) IS 'Names of a JSON array that came (+) and went (-).';

-- A month's partition is made by this function, so that the role that runs the job needs no right to
-- make tables. It runs as the owner of the tables, and finds them and PostgreSQL's own functions
-- whatever the caller's search_path is.
CREATE FUNCTION crash_aggregates_make_partition(day date)
RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, {schema}, pg_temp
AS $$
DECLARE
    first date := date_trunc('month', day);
    after date := first + interval '1 month';
    name text := to_char(first, '"crash_aggregates_"YYYY_MM');
    -- Named, as an unqualified table would be made in pg_catalog, which comes first.
    place regnamespace := relnamespace FROM pg_class WHERE oid = 'crash_aggregates'::regclass;
BEGIN
    IF day NOT BETWEEN '2000-01-01' AND '2199-12-31' THEN
        RAISE '% is no submission date from 2000 to 2199', day;
    END IF;
    -- Rows of a replaced day stay dead until a vacuum. A day is 3% of a month, so the defaults of 10%
    -- and 20% would come days late when the VACUUM after the day was not possible.
    EXECUTE format(
        'CREATE TABLE %s.%I (LIKE crash_aggregates INCLUDING ALL) WITH ('
        'autovacuum_vacuum_scale_factor = 0.02, '
        'autovacuum_vacuum_insert_scale_factor = 0.02, '
        'autovacuum_analyze_scale_factor = 0.02)',
        place, name
    );
    -- Takes no lock that a reader of crash_aggregates would wait for. The new table is empty, so the
    -- check of its rows costs nothing.
    EXECUTE format(
        'ALTER TABLE crash_aggregates ATTACH PARTITION %s.%I FOR VALUES FROM (%L) TO (%L)',
        place, name, first, after
    );
END
$$;

REVOKE EXECUTE ON FUNCTION crash_aggregates_make_partition(date) FROM PUBLIC;

COMMENT ON FUNCTION crash_aggregates_make_partition(date) IS 'Make the partition of the month with that day, as the owner of the tables.';
