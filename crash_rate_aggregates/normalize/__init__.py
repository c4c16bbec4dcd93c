"""The judge: what becomes of one ping, as docs/rules.md says. Pure functions, no I/O."""
