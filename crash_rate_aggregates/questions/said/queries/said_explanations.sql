-- Why, by the newest assessed evening: of a release, or of the alarm of a channel where no label is given.
SELECT application, channel, label, kind, list, place, segment, words
FROM crash_explanations
WHERE
    assessment_id = (
        SELECT assessment_id
        FROM crash_assessments
        ORDER BY submission_date DESC, assessment_id DESC
        LIMIT 1
    )
    AND application = %(application)s
    AND channel = coalesce(%(channel)s::text, channel)
    AND label IS NOT DISTINCT FROM %(label)s::text
    AND kind = coalesce(%(kind)s::text, kind)
ORDER BY channel, kind, list DESC, place
