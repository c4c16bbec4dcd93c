"""What stands in the database: tables, functions, views, roles, partitions, and how long."""
