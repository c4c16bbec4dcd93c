SELECT doc_type, kind, name, pings
FROM crash_aggregates_ledger
WHERE run_id = %(run_id)s
ORDER BY doc_type, kind, name
