"""The picture of a trace in fewer characters, for places that only show it.

Shapes that look the same share a group, which says once how they look; no shape has a name, a title or a class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from xml.etree import ElementTree

from autograd.drawing.shapes import NAMESPACE

GEOMETRY = ("d", "points", "x", "y", "width", "height", "rx")
"""The attributes that differ from shape to shape; the others say how it looks."""
LAYERS = ("cluster", "edge", "drawer", "node", "constant", "collapsed", "op", "text")
"""The kinds of shapes from the lowest to the highest; within a kind, none covers another."""


def compact(svg: str) -> str:
    """A picture of `svg_of_trace`, with whole coordinates.

    >>> rects = "".join(f'<g class="node" id="node-{i}"><rect x="{i}.3" fill="red"/></g>' for i in range(2))
    >>> compact(f'<svg xmlns="{NAMESPACE}"><title>T</title>{rects}</svg>').replace(f' xmlns="{NAMESPACE}"', "")
    '<svg><title>T</title><g fill="red"><rect x="0"/><rect x="1"/></g></svg>'
    """
    root = ElementTree.fromstring(svg)
    title = root.findtext(f"{{{NAMESPACE}}}title", "")
    opening = "".join(f' {name}="{escape(value)}"' for name, value in root.attrib.items())
    shapes = sorted(_shapes(root, 0), key=lambda shape: shape[:3])
    groups = [
        f"<g{look}>{''.join(text for *_, text in same)}</g>"
        for (*_, look), same in groupby(shapes, key=lambda shape: shape[:3])
    ]
    return f'<svg xmlns="{NAMESPACE}"{opening}><title>{escape(title)}</title>{"".join(groups)}</svg>'


def _shapes(element: ElementTree.Element, layer: int) -> Iterator[tuple[int, int, str, str]]:
    """Each shape within an element: its layer, its place among the shapes of its group, its look, and its text."""
    for place, part in enumerate(element):
        tag = part.tag.removeprefix(f"{{{NAMESPACE}}}")
        if tag == "title":
            continue
        kinds = part.get("class", "").split()
        known = [LAYERS.index(kind) for kind in kinds if kind in LAYERS]
        if tag == "g":
            yield from _shapes(part, max(known, default=layer))
            continue
        look = "".join(f' {name}="{escape(part.attrib[name])}"' for name in sorted(part.attrib) if _is_look(name))
        place_ = "".join(f' {name}="{_whole(part.attrib[name])}"' for name in GEOMETRY if name in part.attrib)
        text = part.text or ""
        body = f">{escape(text, quote=False)}</{tag}>" if text else "/>"
        yield (LAYERS.index("text") if tag == "text" else layer, place, look, f"<{tag}{place_}{body}")


def _is_look(name: str) -> bool:
    return name not in (*GEOMETRY, "class")


def _whole(value: str) -> str:
    """The numbers in an attribute, each to a whole pixel."""
    return re.sub(r"-?\d+\.\d+", lambda match: str(round(float(match[0]))), value)
