"""The number, the table of operations and both passes. Read `ops.py` first, then `engine.py`."""
