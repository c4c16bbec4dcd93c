"""A day from files to the table, in every format and place; failing, healing, interrupted."""
