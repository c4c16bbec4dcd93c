SELECT file, reason
FROM crash_aggregates_damaged_files
WHERE run_id = %(run_id)s
ORDER BY file, reason
