-- VACUUM after a day; before PostgreSQL 17 only an owner may, and autovacuum does it for the writer.
GRANT MAINTAIN ON ALL TABLES IN SCHEMA {schema} TO {writer};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT MAINTAIN ON TABLES TO {writer};
