"""A day is replaced whole or not at all, whatever fails, whoever reads or writes meanwhile."""
