"""The embedded PostgreSQL server, gone with its last client."""
