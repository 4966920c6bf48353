"""The number, the table of operations and both passes: what everything else reads."""
