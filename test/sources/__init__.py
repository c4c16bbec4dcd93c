"""One ping has one verdict in every format, order and compression; no bytes stop the program."""
