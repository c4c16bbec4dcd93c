-- What was applied to the database. Not in a migration, as the migrations are recorded here; a change of
-- these two is one, like that of any table.

CREATE TABLE IF NOT EXISTS crash_aggregates_migrations (
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

CREATE TABLE IF NOT EXISTS crash_aggregates_definitions (
    number integer NOT NULL,
    sha256 text NOT NULL,
    program_version text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    views text [] NOT NULL,
    functions text [] NOT NULL
);

COMMENT ON TABLE crash_aggregates_definitions IS 'One row: the functions, views and stats that the database has, which a program that knows newer ones defines anew.';
COMMENT ON COLUMN crash_aggregates_definitions.number IS 'Rises with every change of tables, functions, views or stats; a program that knows only lower ones refuses the database. Unit: number.';
COMMENT ON COLUMN crash_aggregates_definitions.sha256 IS 'Digest of what was applied. Unit: 64 hexadecimal digits.';
COMMENT ON COLUMN crash_aggregates_definitions.program_version IS 'Version of crash-rate-aggregates that applied it. Unit: version.';
COMMENT ON COLUMN crash_aggregates_definitions.applied_at IS 'When, by the clock of the database. Unit: time.';
COMMENT ON COLUMN crash_aggregates_definitions.views IS 'The views that were made, which go before they are made anew. Unit: array of names.';
COMMENT ON COLUMN crash_aggregates_definitions.functions IS 'The functions that were made, likewise. Unit: array of names with types.';
