-- Nowcasts: the last days, corrected for what is still to come
-- The rate of each of the last 8 activity dates as it was expected on the newest assessed submission date
-- up to the last day, per 1,000 usage hours: limits of the level that the channel had on that date, and of
-- the rate that will have been counted in the end. Where too little has come in there is no rate.
WITH {newest_assessment}

SELECT
    activity_date,
    channel,
    kind,
    state,
    crashes,
    usage_hours,
    crashes_complete,
    hours_complete,
    rate,
    lower_limit,
    upper_limit,
    final_lower_limit,
    final_upper_limit,
    note
FROM crash_nowcasts
JOIN newest USING (assessment_id)
WHERE application = %(application)s::text AND channel = ANY (%(channels)s::text[])
ORDER BY activity_date DESC, array_position(%(channels)s::text[], channel), kind
