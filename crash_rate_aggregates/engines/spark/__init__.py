"""The engine for days that outgrow one machine: tasks on a cluster, Spark SQL over their rows.

Only `engine`, `configuration` and `driver.installation` are imported where Spark may be missing:
none loads it.
"""
