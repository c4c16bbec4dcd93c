"""Where pings lie: days, files, compression and formats. One module each, behind one seam."""
