"""The world of 2026: its calendar, its people and pings, as facts of Firefox say."""
