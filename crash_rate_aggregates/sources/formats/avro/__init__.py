"""Avro's object container files, as BigQuery exports tables."""
