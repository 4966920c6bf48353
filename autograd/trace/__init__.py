"""The record of a forward and a backward pass, step by step, and its forms as text and as JSON."""
