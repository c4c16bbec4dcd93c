"""The embedded engine: the contract of engines, worker processes, memory, interruption."""
