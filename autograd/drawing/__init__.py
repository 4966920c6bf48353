"""Pictures of graphs, laid out by Graphviz. Read `draw.py` first."""
