"""What pings say of crashes: their own, those of child processes, and what these count as."""
