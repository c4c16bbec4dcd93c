"""The engine for days that outgrow one machine: tasks on a cluster, Spark SQL over their rows.

Only `engine`, `installation` and `settings` are imported where Spark may be missing: none loads it.
"""
