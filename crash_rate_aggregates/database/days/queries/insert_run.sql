INSERT INTO crash_aggregates_runs (
    submission_date, started_at, finished_at, program_version, engine, pings_source, dimensions,
    pings_read, bytes_read, files_read, aggregates, seconds,
    rules_version, stats
)
VALUES (
    %(submission_date)s, %(started_at)s, clock_timestamp(), %(program_version)s, %(engine)s,
    %(pings_source)s, %(dimensions)s, %(pings_read)s, %(bytes_read)s, %(files_read)s,
    %(aggregates)s, %(seconds)s, %(rules_version)s, %(stats)s
)
RETURNING run_id, finished_at
