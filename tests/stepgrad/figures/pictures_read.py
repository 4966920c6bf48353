"""Reads a picture back: its words, and the numbers that its lines show, by the ticks beside them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

NAME = "{http://www.w3.org/2000/svg}"
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def parsed(figure):
    return ElementTree.fromstring(figure.to_svg())


def texts(figure):
    return [text.text for text in parsed(figure).iter(f"{NAME}text")]


def number_of(label):
    """The number that a label such as ``−2×10⁻³`` stands for."""
    label = label.replace("−", "-")
    match = re.fullmatch(r"(?:(-?[\d.]+)×)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", label)
    if match:
        return float(f"{match[1] or 1}e{match[2].translate(_SUPERSCRIPTS)}")
    return float(label)


def vertices(data):
    """The lines of the data of a path of M, L, l and z commands, as pixels."""
    lines = []
    for start, steps in re.findall(r"M([^Mlz]*)(?:l([^Mz]*))?", data):
        numbers = r"-?\d*\.?\d+"
        x, y = map(float, re.findall(numbers, start))
        points = [(x, y)]
        moves = list(map(float, re.findall(numbers, steps)))
        for dx, dy in zip(moves[::2], moves[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        lines.append(points)
    return lines


def scales(figure):
    """Functions from pixels to numbers for x and y, of linear axes: by the outermost ticks."""
    ticks = {"middle": {}, "end": {}}
    for text in parsed(figure).iter(f"{NAME}text"):
        anchor, label = text.get("text-anchor"), text.text
        if anchor in ticks and re.fullmatch(r"−?[\d.]+", label):
            at = float(text.get("x")) if anchor == "middle" else float(text.get("y")) - 3.8
            ticks[anchor][at] = number_of(label)

    def scale(found):
        (a, one), (b, other) = min(found.items()), max(found.items())
        return lambda pixel: one + (pixel - a) * (other - one) / (b - a)

    return scale(ticks["middle"]), scale(ticks["end"])


def curves_in(figure):
    """For each colored line of a picture its runs, as pairs of numbers."""
    x, y = scales(figure)
    lines = []
    for path in parsed(figure).iter(f"{NAME}path"):
        if path.get("fill") == "none" and path.get("stroke-width") == "1.8" and "h14" not in path.get("d"):
            lines.append([[(x(a), y(b)) for a, b in run] for run in vertices(path.get("d"))])
    return lines
