"""Pictures of graphs, laid out by Graphviz, and by a layout of our own. Read `draw.py` first."""
