COPY crash_aggregates ({columns}) FROM STDIN
