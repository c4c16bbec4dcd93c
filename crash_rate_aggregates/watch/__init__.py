"""Alarms sent to people: what is new, to whom, once each; and who acknowledges it."""
