"""What was said about days, asked: the alarms of the newest evening."""
