"""Settings above every part and below every face, and what they open: database, engine, storage."""
