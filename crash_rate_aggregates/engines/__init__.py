"""What turns a day's files into aggregates and a ledger; every engine gives the same."""
