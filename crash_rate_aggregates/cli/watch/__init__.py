"""The commands about alarms: show them, acknowledge one, tell people."""
