"""The questions that dashboards, the command line and pages share."""
