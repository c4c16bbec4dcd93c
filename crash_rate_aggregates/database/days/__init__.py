"""What is stored of a submission date: replacing its rows, its run, ledger and summaries."""
