-- Releases and when they were first used
-- The releases of an application's channel that were first used in the range, the newest first: the
-- first day of any usage, and those with 1%, 10% and 50% of the channel's usage hours. The one with
-- 1% is day 0 of the release. Dates are activity dates. The source says what told the name: pings,
-- product-details, or the version alone.
SELECT
    label,
    first_day,
    first_day_1_percent AS day_0,
    first_day_10_percent,
    first_day_50_percent,
    source
FROM crash_releases
WHERE
    application = %(application)s::text
    AND channel = %(channel)s::text
    AND first_day BETWEEN %(first_date)s::date AND %(last_date)s::date
ORDER BY first_day DESC, crash_version_order(label) DESC NULLS LAST, label
