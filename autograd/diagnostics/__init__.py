"""Questions to ask a program whose derivatives are not what was meant."""
