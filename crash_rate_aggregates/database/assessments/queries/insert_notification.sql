-- Another session that sends the same is waited for: if it did, there is a conflict, and else not.
INSERT INTO crash_notifications (alarm_id, state, destination)
VALUES (%(alarm_id)s, %(state)s, %(destination)s)
ON CONFLICT DO NOTHING
