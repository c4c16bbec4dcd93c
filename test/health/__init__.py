"""Which days are due, missing, behind or implausible, and which may not be stored."""
