"""What was said about days: stored once, never changed, read by all faces."""
