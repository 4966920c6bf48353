"""Write the shapes of a picture as SVG: boxes, lines of text, curves with an arrow.

>>> print(rect(Box(0.0, 2.5, 40.0, 20.0), fill="none"))
<rect x="0" y="2.5" width="40" height="20" fill="none"/>
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from autograd.drawing.colors import INK
from autograd.drawing.layout import Box, Point

NAMESPACE = "http://www.w3.org/2000/svg"
FONT = "Helvetica, Arial, sans-serif"
SIZE = 12.0  # of the letters
ROW = 16.0  # from one line of text to the next
GREY, EDGE = "#6b6b6b", "#767676"  # seen on light and dark pages alike

_ARROW = 6.0


def root(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    """The whole ``<svg>`` element around its parts."""
    edge = 8
    w, h = number(width + 2 * edge), number(height + 2 * edge)
    return (
        f'<svg xmlns="{NAMESPACE}" viewBox="{-edge} {-edge} {w} {h}" width="{w}" height="{h}" '
        f'font-family="{FONT}" font-size="{number(SIZE)}" fill="{INK}">\n<title>{escape(title)}</title>\n'
        + "\n".join(parts)
        + "\n</svg>"
    )


def fitted(svg: str) -> str:
    """A picture that becomes smaller where there is less room than it is wide, and keeps its proportions.

    >>> fitted('<svg viewBox="0 0 9 9"></svg>')
    '<svg style="max-width:100%;height:auto" viewBox="0 0 9 9"></svg>'
    """
    return svg.replace("<svg ", '<svg style="max-width:100%;height:auto" ', 1)


def rect(box: Box, **attributes: Any) -> str:
    """A box."""
    more = "".join(
        f' {name}="{value if isinstance(value, str) else number(value)}"' for name, value in attributes.items()
    )
    x, y, width, height = map(number, box)
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{more}/>'


def text_at(
    kind: str,
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "middle",
    fill: str = "",
) -> str:
    """A line of text of a class."""
    more = f' fill="{fill}"' if fill else ""
    return f'<text class="{kind}" x="{number(x)}" y="{number(y)}" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def curve(route: Sequence[Point]) -> list[str]:
    """A line with an arrow at its end, horizontal at each point of the route."""
    (x, y), last = route[0], route[-1]
    route = [point for point in route[1:-1] if point[0] < last[0] - _ARROW - 4 or last[0] < x]
    route.append((last[0] - _ARROW, last[1]))
    path = [f"M{number(x)} {number(y)}"]
    for nx, ny in route:
        half = (nx - x) / 2 if nx > x else (x - nx) / 2 + 30
        if abs(ny - y) < 0.05 and nx >= x:
            if path[-1].startswith("H"):
                path.pop()
            path.append(f"H{number(nx)}")
        else:
            points = (x + half, y, nx - half, ny, nx, ny)
            path.append("C" + " ".join(map(number, points)))
        x, y = nx, ny
    tip = f"{number(last[0])},{number(y)} {number(x)},{number(y - 3)} {number(x)},{number(y + 3)}"
    return [
        f'<path d="{"".join(path)}" fill="none" stroke="{EDGE}"/>',
        f'<polygon points="{tip}" fill="{EDGE}"/>',
    ]


def number(coordinate: float) -> str:
    """A coordinate to a tenth of a pixel."""
    digits = f"{coordinate:.1f}"
    return digits[:-2] if digits.endswith(".0") else digits
