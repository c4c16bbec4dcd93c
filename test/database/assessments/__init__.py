"""What people and messages leave in the tables of alarms: who may add it, and that it stays."""
