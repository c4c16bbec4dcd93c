"""Where each kind of ping has what the rules read."""
