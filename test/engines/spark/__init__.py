"""Spark on this machine: the contract of engines, what it is started with, what is missing."""
