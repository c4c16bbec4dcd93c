-- Where we are, and how many connections there are for roles that are no superusers.
SELECT
    current_database(),
    current_schema(),
    current_setting('max_connections')::integer
    - current_setting('superuser_reserved_connections')::integer
    - coalesce(current_setting('reserved_connections', true)::integer, 0) AS connections
