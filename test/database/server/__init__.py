"""The server that the program brings: made, shared, kept, stopped, found again after kill -9."""
