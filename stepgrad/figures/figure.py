"""A picture that shows itself: `Figure`; and several of them beside each other: `row`."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from autograd.core.number import whole_number
from autograd.drawing.shapes import FONT, NAMESPACE, number
from autograd.files import write_text
from autograd.text.labels import counted, plain
from stepgrad.figures.strokes import INK, PAPER

ROW_WIDTH = 720.0
GAP = 12.0
MAX_IMAGE = 40_000
"""Characters of the largest picture that an output of a notebook has twice: as HTML, and as an image."""


@dataclass(frozen=True, eq=False, repr=False)
class Figure:
    """A picture of numbers, as SVG. What a notebook, the playground or a page shows of it is always the same bytes.

    Its card is light, with its own background: a picture in a notebook cannot know whether the notebook is dark. It has
    no style sheet, no identifiers and no script, so that any number of them can stand in one page.

    Attributes:
        summary: what is drawn, in a few words.
        details: the same with numbers, for those who do not see it.
        width: in pixels.
        draw: the height and the shapes, for a width; `row` draws smaller ones.

    >>> from stepgrad.figures import curve
    >>> picture = curve(abs, (-1, 1))
    >>> picture
    <Figure: curve of 1 function over −1 to 1>
    >>> picture.to_svg()[:43]
    '<svg xmlns="http://www.w3.org/2000/svg" vie'
    """

    summary: str
    details: str
    width: float
    draw: Callable[[float], tuple[float, str]] = field(compare=False)

    def to_svg(self) -> str:
        """The picture as the text of an ``<svg>`` element, to be put into a page or a file as it is."""
        height, shapes = self.draw(self.width)
        w, h = number(self.width), number(height)
        return (
            f'<svg xmlns="{NAMESPACE}" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
            f'style="max-width:100%;height:auto" font-family="{FONT}" font-size="11" fill="{INK}">\n'
            f"<title>{escape(plain(self.summary, 300))}</title>\n<desc>{escape(plain(self.details, 3000))}</desc>\n"
            f'<rect width="{w}" height="{h}" rx="6" fill="{PAPER}"/>\n{shapes}\n</svg>'
        )

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: Any
    ) -> dict[str, str]:
        svg = self.to_svg()
        bundle = {"image/svg+xml": svg, "text/plain": repr(self)}
        # JupyterLab shows no SVG of a notebook that it does not trust, but this, which cannot run a script; a host
        # that shows no HTML shows the SVG.
        if len(svg) <= MAX_IMAGE:
            image = base64.b64encode(svg.encode()).decode()
            alt = escape(plain(f"{self.summary}. {self.details}", 500))
            source = f"data:image/svg+xml;base64,{image}"
            bundle["text/html"] = f'<img alt="{alt}" style="max-width:100%" src="{source}">'
        wanted = set(include or bundle) - set(exclude or ())
        return {kind: content for kind, content in bundle.items() if kind in wanted}

    def _repr_svg_(self) -> str:
        return self.to_svg()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to an SVG file, whole or not at all, and return its path.

        Raises:
            OSError: if the file cannot be written.
        """
        target = Path(path)
        write_text(target, self.to_svg() + "\n")
        return target

    def __repr__(self) -> str:
        return f"<Figure: {self.summary}>"


def row(*figures: Figure, columns: int = 3) -> Figure:
    """Figures beside each other, as small multiples; what does not fit in a line goes to the next.

    Each is drawn anew for its width, so that its letters stay as large. Panels have the same scale if they are given
    the same `domain` and `ylim`.

    Args:
        figures: what `curve`, `contours` and the others returned.
        columns: how many stand in a line at most.

    Raises:
        TypeError: if something else is among them.
        ValueError: if there are none.

    >>> from stepgrad.figures import curve
    >>> row(*(curve(lambda x, n=n: x**n, (-1, 1), title=f"n = {n}") for n in (1, 2, 3)))
    <Figure: row of 3 figures: n = 1; n = 2; n = 3>
    """
    if len(figures) == 1 and isinstance(figures[0], Iterable):
        figures = tuple(figures[0])
    for figure in figures:
        if not isinstance(figure, Figure):
            raise TypeError(f"row puts figures beside each other, got {plain(repr(figure))}; pass what curve returned")
    if not figures:
        raise ValueError("row needs at least one figure, got none")
    columns = min(whole_number("columns", columns), len(figures))

    def draw(width: float) -> tuple[float, str]:
        cell = (width - GAP * (columns - 1)) / columns
        parts, y = [], 0.0
        for start in range(0, len(figures), columns):
            line = [figure.draw(cell) for figure in figures[start : start + columns]]
            for place, (_, shapes) in enumerate(line):
                parts.append(f'<g transform="translate({number(place * (cell + GAP))} {number(y)})">{shapes}</g>')
            y += max(height for height, _ in line) + GAP
        return y - GAP, "\n".join(parts)

    names = "; ".join(figure.summary.split(": ")[0] for figure in figures)
    details = " ".join(f"{figure.summary}. {figure.details}" for figure in figures)
    return Figure(plain(f"row of {counted(len(figures), 'figure')}: {names}", 200), details, ROW_WIDTH, draw)
