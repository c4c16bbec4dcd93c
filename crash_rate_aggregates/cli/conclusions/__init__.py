"""What a person types to be told a conclusion."""
