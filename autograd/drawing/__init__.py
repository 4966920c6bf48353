"""Pictures of graphs, laid out by Graphviz."""
