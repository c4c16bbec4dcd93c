-- A month's partition is made by this function, so that the role that runs the job needs no right to
-- make tables. It runs as the owner of the tables, and finds them and PostgreSQL's own functions
-- whatever the caller's search_path is.
DO $do$
BEGIN
    EXECUTE format(
        $create$
        CREATE FUNCTION crash_aggregates_make_partition(day date)
        RETURNS void
        LANGUAGE plpgsql
        SECURITY DEFINER
        SET search_path = pg_catalog, %I, pg_temp
        AS $$
        DECLARE
            first date := date_trunc('month', day);
            after date := first + interval '1 month';
            name text := to_char(first, '"crash_aggregates_"YYYY_MM');
        BEGIN
            IF day NOT BETWEEN '2000-01-01' AND '2199-12-31' THEN
                RAISE '%% is no submission date from 2000 to 2199', day;
            END IF;
            -- Rows of a replaced day stay dead until a vacuum. A day is 3%% of a month, so the
            -- defaults of 10%% and 20%% would come days late when the VACUUM after the day was not
            -- possible.
            EXECUTE format(
                'CREATE TABLE %%I.%%I (LIKE crash_aggregates INCLUDING ALL) WITH ('
                'autovacuum_vacuum_scale_factor = 0.02, '
                'autovacuum_vacuum_insert_scale_factor = 0.02, '
                'autovacuum_analyze_scale_factor = 0.02)',
                %L, name
            );
            -- Takes no lock that a reader of crash_aggregates would wait for. The new table is empty,
            -- so the check of its rows costs nothing.
            EXECUTE format(
                'ALTER TABLE crash_aggregates ATTACH PARTITION %%I.%%I FOR VALUES FROM (%%L) TO (%%L)',
                %L, name, first, after
            );
        END
        $$
        $create$,
        current_schema(), current_schema(), current_schema()
    );
END
$do$;

REVOKE EXECUTE ON FUNCTION crash_aggregates_make_partition(date) FROM PUBLIC;

COMMENT ON FUNCTION crash_aggregates_make_partition(date) IS 'Make the partition of the month with that day, as the owner of the tables.';
