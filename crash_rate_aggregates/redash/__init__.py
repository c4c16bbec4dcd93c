"""Dashboards in Redash: what is wanted, what is found there, the plan between them, its push."""
