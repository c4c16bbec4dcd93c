INSERT INTO crash_aggregates_damaged_files (run_id, file, reason)
SELECT %(run_id)s, damaged.* FROM unnest(%(files)s::text[], %(reasons)s::text[]) AS damaged
