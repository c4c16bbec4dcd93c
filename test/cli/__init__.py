"""What a person types: output, exit codes, errors as one sentence, interruption, hostile pings."""
