INSERT INTO crash_release_builds (application, channel, build_id, label, source)
VALUES (%(application)s, %(channel)s, %(build_id)s, %(label)s, 'product-details')
ON CONFLICT ON CONSTRAINT crash_release_builds_keys DO NOTHING
