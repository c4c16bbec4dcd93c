"""The ledger, the split of work and scratch folders, and what every engine must give alike."""
