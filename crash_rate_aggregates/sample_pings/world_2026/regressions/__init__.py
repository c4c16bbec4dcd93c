"""What a world has to be found in it, unless it is switched off."""
