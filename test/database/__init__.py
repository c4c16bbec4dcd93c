"""PostgreSQL, as made days are stored in it."""
