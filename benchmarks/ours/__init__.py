"""This program, measured as a whole and in parts."""
