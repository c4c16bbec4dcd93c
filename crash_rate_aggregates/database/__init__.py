"""PostgreSQL: the embedded server, the schema, and how a day is replaced and asked about."""
