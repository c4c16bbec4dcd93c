CREATE TABLE crash_aggregates_migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    sha256 text NOT NULL
);
COMMENT ON TABLE crash_aggregates_migrations IS 'The numbered steps by which the tables were made.';
COMMENT ON COLUMN crash_aggregates_migrations.number IS 'Steps are applied in this order. Unit: number.';
COMMENT ON COLUMN crash_aggregates_migrations.name IS 'File of the step, without .sql. Unit: name.';
COMMENT ON COLUMN crash_aggregates_migrations.applied_at IS 'When it was applied, by the clock of the database. Unit: time.';
COMMENT ON COLUMN crash_aggregates_migrations.sha256 IS 'Digest of the file that was applied. Unit: 64 hexadecimal digits.';
