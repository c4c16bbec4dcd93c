"""Each question on stored days with numbers that were reckoned by hand."""
