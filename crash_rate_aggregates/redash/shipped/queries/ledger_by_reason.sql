SELECT submission_date, reason, pings, 100 * share AS percent
FROM question
ORDER BY submission_date, reason
