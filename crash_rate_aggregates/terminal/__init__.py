"""What a person sees in a terminal: progress while a day runs, tables of what came of it."""
