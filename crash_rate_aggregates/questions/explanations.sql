-- Explanations: for whom is it worse
-- The segments in which crashes rose more than elsewhere, disjoint and with most excess crashes first, and
-- the processes and classes whose crashes rose, for each release that is called worse and each alarm of the
-- newest assessed submission date up to the last day. Hours cannot be divided by processes, so these stand
-- in a list of their own.
WITH {newest_assessment}

SELECT
    channel,
    label,
    kind,
    list,
    words AS explanation,
    crashes,
    expected_crashes,
    excess,
    share,
    ratio,
    lower_limit,
    upper_limit
FROM crash_explanations
JOIN newest USING (assessment_id)
WHERE application = %(application)s::text AND channel = ANY (%(channels)s::text[])
ORDER BY
    array_position(%(channels)s::text[], channel), label DESC NULLS LAST, kind, list DESC, place
