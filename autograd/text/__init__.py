"""Graphs and the table in words: names of nodes, labels, tables of text, and expressions that people type."""
