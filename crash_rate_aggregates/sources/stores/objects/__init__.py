"""Places in the object storage of a cloud."""
