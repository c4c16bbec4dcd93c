"""The embedded PostgreSQL server, gone with its last client; docs/decisions/0014 says how."""
