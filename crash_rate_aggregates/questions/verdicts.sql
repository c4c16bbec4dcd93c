-- Verdicts: is a release worse than the one before it
-- What was said, on the newest assessed submission date up to the last day, of the releases of each channel
-- that are younger than 14 days, of the newest one, and of branches of experiments: worse, better, no
-- change, or what is missing, for each kind of crash. The ratio is adjusted for systems, architectures and
-- countries; its interval holds on all evenings at once. docs/statistics.md has the methods.
WITH {newest_assessment}

SELECT
    newest.submission_date AS evening,
    channel,
    label,
    age AS day,
    kind,
    words AS verdict,
    ratio,
    lower_limit,
    upper_limit,
    since,
    previous_label AS compared_with,
    method,
    crashes,
    usage_hours,
    previous_crashes,
    previous_usage_hours
FROM crash_verdicts
JOIN newest USING (assessment_id)
WHERE
    application = %(application)s::text
    AND channel = ANY (%(channels)s::text[])
    AND is_decisive
ORDER BY
    array_position(%(channels)s::text[], channel), first_day DESC, label DESC, state <> 'worse', kind
