-- Where the roles may go at all. The database is this program's own: nobody else may, but for its
-- owner.
GRANT {owner} TO CURRENT_USER;
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
REVOKE ALL ON DATABASE {database} FROM {owner}, {writer}, {reader};
GRANT CONNECT ON DATABASE {database} TO {owner}, {writer}, {reader};
REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC;
GRANT USAGE ON SCHEMA {schema} TO {owner}, {writer}, {reader};
GRANT CREATE ON SCHEMA {schema} TO {owner};
-- Or sessions that do nothing could take every connection of the server from the others.
ALTER ROLE {writer} CONNECTION LIMIT {connections};
ALTER ROLE {reader} CONNECTION LIMIT {connections};
-- A role may change its own settings, for sessions of others who log in as it too.
ALTER ROLE {reader} RESET ALL;
ALTER ROLE {reader} IN DATABASE {database} RESET ALL;
ALTER ROLE {reader} IN DATABASE {database} SET search_path = {schema};
ALTER ROLE {reader} IN DATABASE {database} SET default_transaction_read_only = on;
ALTER ROLE {reader} IN DATABASE {database} SET TimeZone = 'UTC';
ALTER ROLE {reader} IN DATABASE {database} SET statement_timeout = {reader_timeout};
ALTER ROLE {reader} IN DATABASE {database} SET idle_in_transaction_session_timeout = {reader_timeout};
