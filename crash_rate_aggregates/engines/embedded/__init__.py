"""The engine of one machine: a process a core, and DuckDB."""
