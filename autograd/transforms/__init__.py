"""Derivatives of functions, and checks by finite differences. Read `derivatives.py` first, then `linear_map.py`."""
