INSERT INTO crash_aggregates_ledger (run_id, doc_type, kind, name, pings)
SELECT %(run_id)s, line.*
FROM unnest(
    %(doc_types)s::text[], %(kinds)s::text[], %(names)s::text[], %(pings)s::bigint[]
) AS line
