"""Tables to learn from."""

from __future__ import annotations

import random

ROWS = [("red", 1.5, "yes"), ("blue", -0.5, "no"), ("red", 2.5, "yes"), ("blue", -1.5, "no")]


def colors(count=40, header="color,size,ripe"):
    """The text of a table whose color alone says whether something is ripe."""
    generator = random.Random(0)
    lines = [f"{c},{s + generator.gauss(0, 0.1):.4f},{r}" for c, s, r in ROWS * (count // 4)]
    return "\n".join([header, *lines]) + "\n"


ENOUGH = colors()
