SELECT number, name, sha256 FROM crash_aggregates_migrations ORDER BY number
