"""Nested lists as arrays with dimensions, and reductions along them."""
