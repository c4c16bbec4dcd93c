"""Where each kind of ping carries the fields that the rules read, and the dimensions."""
