"""What the commands that conclude print, and their exit codes."""
