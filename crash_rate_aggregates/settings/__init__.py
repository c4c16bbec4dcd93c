"""Settings above every part and below every face, and what they open: database and engine.

A part says on its own dataclass what can be set; `composed` puts these together, `declared` derives
the names, `config` reads the places, `from_settings` opens what is chosen. No face is known here.
"""
