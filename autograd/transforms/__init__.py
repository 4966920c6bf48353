"""Derivatives of functions, as functions, and checks of derivatives by finite differences."""
