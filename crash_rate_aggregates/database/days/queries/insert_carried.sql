INSERT INTO crash_aggregates_carried (run_id, application, doc_type, dimension, pings)
SELECT %(run_id)s, line.*
FROM unnest(
    %(applications)s::text[], %(doc_types)s::text[], %(dimensions)s::text[], %(pings)s::bigint[]
) AS line
