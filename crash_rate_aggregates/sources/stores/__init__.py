"""Where pings lie: one module for each kind of place."""
