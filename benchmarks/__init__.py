"""Measurements that anyone can run again; each prints Markdown or writes it to docs/."""
