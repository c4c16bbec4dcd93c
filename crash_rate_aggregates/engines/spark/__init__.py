"""The engine for days that outgrow one machine: tasks on a Spark cluster, Spark SQL over their rows.

Only `installation` and `engine` are imported before Spark is known to be there; neither loads it.
"""
