-- Takes no lock that a reader of crash_aggregates would wait for. The new table is empty, so the
-- check of its rows costs nothing.
ALTER TABLE crash_aggregates ATTACH PARTITION {partition} FOR VALUES FROM ({first}) TO ({after})
