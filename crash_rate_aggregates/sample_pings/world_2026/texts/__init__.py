"""The text of pings: what clients write, what ingestion adds, and what goes wrong on the way."""
