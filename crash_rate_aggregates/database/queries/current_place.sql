SELECT current_database() AS database, current_schema() AS schema
