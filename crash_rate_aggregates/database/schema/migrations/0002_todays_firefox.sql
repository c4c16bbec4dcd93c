-- What the rules of today's Firefox record beside those of 2016: what pings carried, which other doc types
-- came, and by which applications days are folded.
ALTER TABLE crash_aggregates_ledger DROP CONSTRAINT crash_aggregates_ledger_kind_check;
ALTER TABLE crash_aggregates_ledger ADD CONSTRAINT crash_aggregates_ledger_kind_check
CHECK (kind IN ('outcome', 'adjustment', 'process_type', 'doc_type'));

COMMENT ON COLUMN crash_aggregates_ledger.kind IS 'What the line counts: outcome, adjustment, process_type or doc_type. Unit: name.';
COMMENT ON COLUMN crash_aggregates_ledger.name IS 'Which outcome, adjustment, process type or doc type; docs/rules.md explains them. Unit: name.';
COMMENT ON COLUMN crash_aggregates_ledger.pings IS 'Pings with that outcome, adjustment or process type, or that say they are of that doc type. Unit: pings.';

-- By it a question knows whether crashes are missing or were never sent: no crash ping with a country
-- means no crash rate by country, not one of 0.
CREATE TABLE crash_aggregates_carried (
    run_id bigint NOT NULL REFERENCES crash_aggregates_runs ON DELETE CASCADE,
    application text,
    doc_type text NOT NULL,
    dimension text,
    pings bigint NOT NULL CHECK (pings >= 0),
    CONSTRAINT crash_aggregates_carried_keys
        UNIQUE NULLS NOT DISTINCT (run_id, application, doc_type, dimension)
);

COMMENT ON TABLE crash_aggregates_carried IS 'How many counted pings of each run had a value of each dimension. Where no crash ping had one, there is no crash rate by it.';
COMMENT ON COLUMN crash_aggregates_carried.run_id IS 'The run. Unit: number.';
COMMENT ON COLUMN crash_aggregates_carried.application IS 'What people call it; NULL where pings name none, all others for those beyond the 50 most frequent. Unit: name.';
COMMENT ON COLUMN crash_aggregates_carried.doc_type IS 'main or crash. Unit: name.';
COMMENT ON COLUMN crash_aggregates_carried.dimension IS 'Its name; NULL for all counted pings, whatever they had. Unit: name.';
COMMENT ON COLUMN crash_aggregates_carried.pings IS 'Counted pings with a value of the dimension. Unit: pings.';

-- What each run knows of applications: questions fold and list them by it.
CREATE TABLE crash_applications (
    name text PRIMARY KEY,
    identifiers text[] NOT NULL,
    usage_ping text NOT NULL
);

COMMENT ON TABLE crash_applications IS 'The applications that people ask about. Each run adds those that it knows; none is taken away.';
COMMENT ON COLUMN crash_applications.name IS 'What people call it: the application in all summaries. Unit: name.';
COMMENT ON COLUMN crash_applications.identifiers IS 'What pings call it: names, Glean namespaces and app ids, with dashes for underscores and dots. Unit: names.';
COMMENT ON COLUMN crash_applications.usage_ping IS 'Which ping carries its usage: main or baseline. Unit: name.';

CREATE TABLE crash_aggregates_folded_days (
    submission_date date PRIMARY KEY,
    applications text NOT NULL
);

COMMENT ON TABLE crash_aggregates_folded_days IS 'By which applications each submission date was summed up; a day that was by others is summed up again.';
COMMENT ON COLUMN crash_aggregates_folded_days.submission_date IS 'The day. Unit: date.';
COMMENT ON COLUMN crash_aggregates_folded_days.applications IS 'By crash_applications_digest. Unit: hexadecimal digits.';

COMMENT ON COLUMN crash_aggregates_by_channel.application IS 'What crash_applications calls it; one that is not there has its own name, up to the 20 most frequent of a day, other beyond them; unknown where the pings or the run have none. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_build.application IS 'As in crash_aggregates_by_channel. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_system.application IS 'As in crash_aggregates_by_channel. Unit: name.';
COMMENT ON COLUMN crash_aggregates_by_country.application IS 'As in crash_aggregates_by_channel. Unit: name.';
