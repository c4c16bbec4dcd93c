-- Days to fill again for the names of builds
-- Submission dates that counted the people of a build by another name than the one that was learned since:
-- that day's people by release are right once it is filled again. All else is joined to the names when
-- it is asked for.
SELECT
    submission_date,
    application,
    channel,
    build_id,
    counted_as,
    label
FROM crash_labels_to_fill_again
WHERE submission_date BETWEEN %(first_date)s::date AND %(last_date)s::date
ORDER BY submission_date, application, channel, build_id
