-- The record of nowcasts: how often 95%% was 95%%
-- Each nowcast that was shown on an evening of the range, beside the rate that was counted in the end, once
-- all 8 submission dates of its activity date were stored: how many lay inside their interval, the mean of
-- half the interval's width, and how far the rate as it stood that evening, and the corrected one, lay off in
-- the mean, all as shares of the final rate. By channel, kind and how many days after the activity date.
WITH said AS (
    SELECT DISTINCT ON (assessment.submission_date, channel, kind, activity_date)
        channel,
        kind,
        activity_date,
        days_late,
        1000 * crashes / nullif(usage_hours, 0) AS counted,
        rate,
        final_lower_limit,
        final_upper_limit
    FROM crash_nowcasts
    JOIN crash_assessments AS assessment USING (assessment_id)
    WHERE
        application = %(application)s::text
        AND channel = ANY (%(channels)s::text[])
        AND assessment.submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
        AND state = 'provisional'
    ORDER BY assessment.submission_date, channel, kind, activity_date, assessment_id DESC
),

complete AS (
    SELECT activity_date
    FROM (SELECT DISTINCT activity_date FROM said) AS dates
    WHERE
        8 = (
            SELECT count(DISTINCT submission_date)
            FROM crash_aggregates_current_runs
            WHERE submission_date BETWEEN activity_date AND activity_date + 7
        )
),

counted AS (
    SELECT
        said.*,
        (1000 * final.crashes / nullif(final.usage_hours, 0))::double precision AS final_rate
    FROM said
    JOIN complete USING (activity_date)
    JOIN crash_rates_by_day AS final
        ON final.application = %(application)s::text
        AND final.channel = said.channel
        AND final.kind = said.kind
        AND final.activity_date = said.activity_date
)

SELECT
    channel,
    kind,
    days_late,
    count(*) AS nowcasts,
    count(*) FILTER (WHERE final_rate BETWEEN final_lower_limit AND final_upper_limit) AS inside,
    avg((final_rate BETWEEN final_lower_limit AND final_upper_limit)::integer)::double precision
        AS share_inside,
    avg((final_upper_limit - final_lower_limit) / 2 / final_rate) AS half_width,
    avg(abs(counted / final_rate - 1)) AS error_as_counted,
    avg(abs(rate / final_rate - 1)) AS error_as_corrected
FROM counted
WHERE final_rate > 0
GROUP BY channel, kind, days_late
ORDER BY array_position(%(channels)s::text[], channel), kind, days_late
