"""What was said about days, stored."""
