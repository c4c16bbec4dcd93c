INSERT INTO crash_acknowledgements (alarm_id, acknowledged_by, note, ratio)
VALUES (%(alarm_id)s, %(by)s, %(note)s, %(ratio)s)
