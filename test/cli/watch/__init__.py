"""What `watch` prints, acknowledges and sends, typed as people do."""
