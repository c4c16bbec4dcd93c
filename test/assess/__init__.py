"""What is said about days that are stored, through SQL and all."""
