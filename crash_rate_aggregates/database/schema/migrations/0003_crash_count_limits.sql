-- Exact 95% limits of a count of rare events, for intervals beside every crash rate:
--   1000 * crash_count_upper_limit(sum(main_crashes)) / nullif(sum(usage_hours), 0)

CREATE FUNCTION crash_count_limit(crashes numeric, is_upper boolean)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000
AS $$
DECLARE
    -- The limit is the mean at which the sum of the Poisson probabilities of 0 .. last_term
    -- reaches the wanted sum.
    last_term integer;
    wanted double precision;
    -- The estimate's own count: the upper limit for n is the chi-square quantile of n + 1.
    count_of double precision;
    deviate double precision;
    mean double precision;
    term double precision;
    total double precision;
    step double precision;
BEGIN
    IF crashes < 0 OR crashes <> trunc(crashes) THEN
        RETURN NULL;
    END IF;
    IF crashes = 0 AND NOT is_upper THEN
        RETURN 0;
    END IF;
    IF is_upper THEN
        count_of := crashes + 1;
        deviate := 1.959963984540054;
        wanted := 0.025;
    ELSE
        count_of := crashes;
        deviate := -1.959963984540054;
        wanted := 0.975;
    END IF;
    mean := count_of * (1 - 1 / (9 * count_of) + deviate / (3 * sqrt(count_of))) ^ 3;
    IF crashes > 300 THEN
        RETURN mean;
    END IF;
    last_term := count_of::integer - 1;
    FOR attempt IN 1 .. 20 LOOP
        term := exp(-mean);
        total := term;
        FOR i IN 1 .. last_term LOOP
            term := term * mean / i;
            total := total + term;
        END LOOP;
        -- The sum falls by its last term for each unit of the mean.
        step := (total - wanted) / term;
        mean := mean + step;
        EXIT WHEN abs(step) < 1e-13 * mean;
    END LOOP;
    RETURN mean;
END
$$;

CREATE FUNCTION crash_count_lower_limit(crashes numeric)
RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000
RETURN crash_count_limit(crashes, false);

CREATE FUNCTION crash_count_upper_limit(crashes numeric)
RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000
RETURN crash_count_limit(crashes, true);

COMMENT ON FUNCTION crash_count_limit(numeric, boolean) IS 'Limit of the exact 95% confidence interval of a Poisson mean (Garwood, Biometrika 28, 1936), from the approximation of Wilson and Hilferty (PNAS 17, 1931) refined by Newton''s method up to 300 crashes; beyond, that approximation alone is within 1e-5. NULL for what is no count. Unit: crashes.';
COMMENT ON FUNCTION crash_count_lower_limit(numeric) IS 'Lower limit of the exact 95% confidence interval of a count of crashes (Garwood 1936); 0 for 0. Unit: crashes.';
COMMENT ON FUNCTION crash_count_upper_limit(numeric) IS 'Upper limit of the exact 95% confidence interval of a count of crashes (Garwood 1936). Unit: crashes.';
