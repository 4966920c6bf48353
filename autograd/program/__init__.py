"""The user's program: its frames, lines, variables and modules."""
