"""Modules: layers, activations, losses, dropout and containers."""
