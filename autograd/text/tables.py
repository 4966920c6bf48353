"""Lay out rows of text as a table with aligned columns, in text and in HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

MOST_ROWS = 50
"""Rows that a table shows of a long list."""


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


def html_table(rows: Sequence[Sequence[str]], align: str, heading: bool = True) -> str:
    """The same rows as a table for a notebook; whatever is in a cell is shown as text.

    >>> html_table([("<x>", "-2.5")], align=">>", heading=False)
    '<table style="text-align: right"><tr><td>&lt;x&gt;</td><td>-2.5</td></tr></table>'
    """
    left = ' style="text-align: left"'
    lines = ""
    for number, row in enumerate(rows):
        tag = "th" if heading and number == 0 else "td"
        cells = (f"<{tag}{left * (side == '<')}>{escape(cell)}</{tag}>" for side, cell in zip(align, row, strict=True))
        lines += f"<tr>{''.join(cells)}</tr>"
    return f'<table style="text-align: right">{lines}</table>'


def html_lines(text: str) -> str:
    """Text as paragraphs, one for each line."""
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line)


def count_of_more(listed: int, shown: int = MOST_ROWS) -> str:
    """A line that says how many are left out; "" if none.

    >>> count_of_more(1_050), count_of_more(50)
    ('... and 1,000 more', '')
    """
    return f"... and {listed - shown:,} more" if listed > shown else ""
