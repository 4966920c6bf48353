"""The record of a forward and a backward pass, as text and as JSON. Read `record.py` first, then `trace.py`."""
