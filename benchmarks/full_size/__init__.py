"""Pings as large as real ones: main pings of 30 to 60 KB, crash pings of 10 KB.

Names, numbers and texts are drawn by seed; only the shapes (which sections, how many histograms,
how many bytes each, and how many bytes a value) are those of pings of 2015 to 2018.
"""
