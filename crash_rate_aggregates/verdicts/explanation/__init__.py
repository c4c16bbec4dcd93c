"""For whom crashes rose: the segments that hold the excess between two periods."""
