"""Lay out rows of text as a table with aligned columns."""

from __future__ import annotations

from collections.abc import Sequence


def table(rows: Sequence[Sequence[str]], align: str, heading: bool = True) -> list[str]:
    """Rows of text as lines with aligned columns.

    Args:
        rows: the cells of each row.
        align: a character for each column, ``<`` for the left and ``>`` for the right.
        heading: whether the first row is a heading, which gets a line under it.

    >>> print("\\n".join(table([("name", "grad"), ("x", "-2.5"), ("weight", "0")], align="<>")))
    name    grad
    ------  ----
    x       -2.5
    weight     0
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(row, align, widths, strict=True)).rstrip()
        for row in rows
    ]
    if heading:
        lines.insert(1, "  ".join("-" * width for width in widths))
    return lines
