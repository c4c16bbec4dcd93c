-- Runs of a day wait for each other at a row that a role without write rights cannot lock. Anybody who
-- may connect can take an advisory lock, and keep the writer out with it.

CREATE TABLE crash_aggregates_locks (
    thing integer PRIMARY KEY
);
INSERT INTO crash_aggregates_locks (thing) VALUES (-1);

COMMENT ON TABLE crash_aggregates_locks IS 'A row for everything that sessions lock against each other; they say nothing but that.';
COMMENT ON COLUMN crash_aggregates_locks.thing IS 'Days from 2000-01-01 to a submission date, or -1 for the tables of the database. Unit: number.';
