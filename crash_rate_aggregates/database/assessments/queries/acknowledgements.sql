-- The newest of each.
SELECT DISTINCT ON (alarm_id)
    alarm_id,
    acknowledged_by AS by,
    note,
    acknowledged_at AS at,
    ratio
FROM crash_acknowledgements
ORDER BY alarm_id, acknowledged_at DESC
