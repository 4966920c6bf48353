"""A picture without Graphviz: the boxes and edges of a `Drawing`, laid out as in the stepper, from left to right.

>>> sketch = Sketch()
>>> sketch.add("n0", ["x", "data 3"], {"shape": "Mrecord", "color": "#0072b2", "fillcolor": "#e3f1fa"})
>>> sketch.add("n1", ["+"], {"shape": "oval"})
>>> sketch.edges.append(("n0", "n1", ""))
>>> sketch.svg()[:4], sketch.svg().count('class="node"'), sketch.svg().count("<path")
('<svg', 2, 1)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise

from autograd.drawing.colors import GREY
from autograd.drawing.layout import Box, Point, layered
from autograd.drawing.shapes import ROW, SIZE, curve, rect, root, text_at
from autograd.text.labels import text_width

_RADII = {"Mrecord": 8.0, "oval": 14.0}


class Sketch:
    """What is in a picture, in plain texts.

    Attributes:
        items: for each box or oval its lines of text, and its style as in DOT; operands before results.
        edges: the edges, each from an item to an item, with its label.
        parents: for an item or a frame the frame that it stands in.
        titles: for each frame its title.
        source: the DOT text of the same picture.
    """

    def __init__(self) -> None:
        self.items: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {}
        self.edges: list[tuple[str, str, str]] = []
        self.parents: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.source = ""

    def add(
        self, name: str, lines: Sequence[str], style: Mapping[str, str], frames: Mapping[str, str] | None = None
    ) -> None:
        """Add a box, in frames by their names, each with its title, the outermost first."""
        self.items[name] = (lines, style)
        self.titles.update(frames or {})
        for outer, inner in pairwise([*(f"frame {frame}" for frame in frames or {}), name]):
            self.parents[inner] = outer

    def svg(self) -> str:
        """The picture as the text of an ``<svg>`` element."""
        sizes = {name: _size(lines, style) for name, (lines, style) in self.items.items()}
        headings = {f"frame {frame}": text_width(title, SIZE) for frame, title in self.titles.items()}
        layout = layered(sizes, [edge[:2] for edge in self.edges], self.parents, headings)
        frames = [_frame(box, self.titles[name[6:]]) for name, box in layout.boxes.items() if name not in sizes]
        edges = [part for edge, route in zip(self.edges, layout.routes, strict=True) for part in _edge(edge[2], route)]
        items = [_item(layout.boxes[name], *self.items[name]) for name in self.items]
        # White as the pictures by Graphviz are: the letters are dark, whatever the page is.
        ground = rect(Box(-8.0, -8.0, layout.width + 16, layout.height + 16), fill="white")
        return root(layout.width, layout.height, "Computation graph", [ground, *frames, *edges, *items])


def _size(lines: Sequence[str], style: Mapping[str, str]) -> tuple[float, float]:
    width = max((text_width(line, SIZE) for line in lines), default=0.0) + 16
    return max(width, 28.0), max(ROW * len(lines) + 8, 28.0)


def _item(box: Box, lines: Sequence[str], style: Mapping[str, str]) -> str:
    parts = []
    if style.get("shape") != "plaintext":
        dashed = {"stroke-dasharray": "4 3"} if "dashed" in style.get("style", "") else {}
        parts.append(
            rect(
                box,
                rx=_RADII.get(style.get("shape", ""), 0.0),
                fill=style.get("fillcolor", "none"),
                stroke=style.get("color", GREY),
                **{"stroke-width": style.get("penwidth", "1"), **dashed},
            )
        )
    y = box.middle - ROW * (len(lines) - 1) / 2 + SIZE * 0.35
    fill = style.get("fontcolor", "")
    parts += [text_at("line", box.x + box.width / 2, y + ROW * row, line, fill=fill) for row, line in enumerate(lines)]
    return f'<g class="node">{"".join(parts)}</g>'


def _frame(box: Box, title: str) -> str:
    shape = rect(box, rx=8, fill="#8a8a8a", stroke=GREY, **{"fill-opacity": "0.1"})
    heading = text_at("heading", box.x + 10, box.y + 17, title, anchor="start")
    return f'<g class="cluster"><title>{escape(title)}</title>{shape}{heading}</g>'


def _edge(label: str, route: Sequence[Point]) -> list[str]:
    parts = curve(route)
    if label:
        x, y = route[len(route) // 2]
        parts.append(text_at("label", x - 8, y - 4, label, anchor="end", fill=GREY))
    return parts
