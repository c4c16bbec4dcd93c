"""Each format: sound, cut, damaged and crafted files, bounds, memory, and real files."""
