-- The last 14 activity dates: older ones are as complete as they will be.
SELECT
    activity_date,
    channel,
    submission_dates_stored,
    usage_hours,
    main_crashes,
    100 * usage_share AS usage_percent,
    100 * main_crash_share AS main_crash_percent
FROM question
WHERE activity_date > (SELECT max(activity_date) - 14 FROM question)
ORDER BY activity_date, channel
