"""What was said on the newest assessed evening, asked of stored rows."""
