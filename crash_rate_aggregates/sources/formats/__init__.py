"""What pings are stored as: one module for each format."""
