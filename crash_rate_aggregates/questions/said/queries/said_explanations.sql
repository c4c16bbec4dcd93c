-- Of a release, or of all that is worse where no label is given.
SELECT application, channel, label, kind, list, place, segment, words
FROM crash_explanations
WHERE
    assessment_id = %(assessment_id)s
    AND application = %(application)s
    AND channel = coalesce(%(channel)s::text, channel)
    AND (%(label)s::text IS NULL OR label = %(label)s::text)
    AND kind = coalesce(%(kind)s::text, kind)
ORDER BY
    array_position(%(channels)s::text[], channel), label DESC NULLS LAST, kind, list DESC, place
