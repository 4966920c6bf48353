"""Tools to find out why derivatives are wrong: nan or infinity, stale graphs, kinks, vanishing gradients."""
