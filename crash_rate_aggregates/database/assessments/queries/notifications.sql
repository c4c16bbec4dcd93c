SELECT alarm_id, state, destination, sent_at
FROM crash_notifications
ORDER BY sent_at
