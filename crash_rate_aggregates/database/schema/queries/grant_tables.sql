-- What the roles may do with what there is, and the two that look on with what later versions make.
-- A run is never changed once it is recorded: the writer may add runs and replace days, no more.
REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {writer}, {reader};
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {writer}, {reader};
-- Exact counts of few people are nobody's to read but who fills them: readers ask the views that fold them.
REVOKE ALL ON {people_tables} FROM {reader};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {writer}, {reader};
GRANT INSERT, DELETE ON {replaced_tables} TO {writer};
GRANT INSERT, UPDATE ON crash_applications TO {writer};
GRANT INSERT, UPDATE, DELETE ON crash_release_builds, crash_releases TO {writer};
GRANT UPDATE ON crash_people TO {writer};
GRANT INSERT ON {run_tables} TO {writer};
-- Nor is what was said about a day.
GRANT INSERT ON {said_tables} TO {writer};
GRANT INSERT, UPDATE, DELETE ON crash_aggregates_open_attempts TO {writer};
GRANT INSERT, UPDATE ON crash_aggregates_locks TO {writer};
GRANT EXECUTE ON FUNCTION crash_aggregates_make_partition(date) TO {writer};
