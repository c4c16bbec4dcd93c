"""Alarms on the command line: what is shown, acknowledged and sent, with secrets in no output."""
