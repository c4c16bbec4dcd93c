-- The interval of a difference of counts is made from the exact limits of both, so that it is not
-- nothing where there were no crashes.

CREATE OR REPLACE FUNCTION crash_rate(
    is_count boolean,
    crashes double precision,
    variance double precision,
    usage_hours double precision,
    dispersion double precision,
    min_usage_hours double precision
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
        1000 * ceil(crashes) / hours.enough,
        1000 * CASE
            WHEN is_count THEN crash_count_lower_limit(ceil(crashes), hours.dispersion)
            ELSE ceil(crashes) - sqrt(
                (plus - crash_count_lower_limit(plus, hours.dispersion)) ^ 2
                + (crash_count_upper_limit(minus, hours.dispersion) - minus) ^ 2
            )
        END / hours.enough,
        1000 * CASE
            WHEN is_count THEN crash_count_upper_limit(ceil(crashes), hours.dispersion)
            ELSE ceil(crashes) + sqrt(
                (crash_count_upper_limit(plus, hours.dispersion) - plus) ^ 2
                + (minus - crash_count_lower_limit(minus, hours.dispersion)) ^ 2
            )
        END / hours.enough
    FROM (
        SELECT
            CASE WHEN usage_hours > 0 AND usage_hours >= min_usage_hours THEN usage_hours END,
            coalesce(crash_rate.dispersion, 1),
            (variance + crashes) / 2,
            (variance - crashes) / 2
    ) AS hours (enough, dispersion, plus, minus)
$$;

COMMENT ON FUNCTION crash_rate(boolean, double precision, double precision, double precision, double precision, double precision) IS 'Crashes per 1,000 usage hours with the 95% interval, from is_count, crashes and variance of crash_kinds, usage hours, dispersion and the fewest hours for a rate. NULL, never 0, where hours are too few. A count has the limits of crash_count_lower_limit and crash_count_upper_limit; those of a difference are made from the limits of what is added and of what is taken away, as Zou and Donner do (Statistics in Medicine 27, 2008). An unknown dispersion counts as 1. Unit: crashes per 1,000 hours.';
