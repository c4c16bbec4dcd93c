"""The alarms of an evening: which are lit, since when they are quiet, and what ended."""
