-- Of one application, each channel's newest release first.
SELECT *
FROM crash_verdicts
WHERE assessment_id = %(assessment_id)s AND application = %(application)s
ORDER BY
    array_position(%(channels)s::text[], channel),
    first_day DESC,
    crash_version_order(label) DESC NULLS LAST,
    label DESC,
    is_decisive DESC
