-- Rows of a replaced day stay dead until a vacuum. A day is 3% of a month, so the defaults of 10%
-- and 20% would come days late when the VACUUM after the day was not possible.
CREATE TABLE {partition} (LIKE crash_aggregates INCLUDING ALL) WITH (
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
)
