SELECT submission_date, adjustment, pings, 100 * share AS percent
FROM question
ORDER BY submission_date, adjustment
