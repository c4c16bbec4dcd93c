"""Heka-framed files of Mozilla's telemetry bucket, 2015 to 2019."""
