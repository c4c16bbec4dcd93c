"""How any PostgreSQL is talked to: connections, credentials, locks, and what it rejects."""
