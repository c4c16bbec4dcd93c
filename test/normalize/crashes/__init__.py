"""Every rule with exact values: what counts, what is put right, what is ignored and why."""
