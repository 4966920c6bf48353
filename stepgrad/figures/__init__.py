"""Small pictures as SVG, where matplotlib is not to be had: in the browser, in small notebooks.

    >>> from stepgrad.figures import curve
    >>> import autograd
    >>> curve({"tanh": autograd.tanh, "slope": autograd.grad(autograd.tanh)}, (-3, 3))
    <Figure: curve of 2 functions over −3 to 3>

A notebook shows the picture; ``save("tanh.svg")`` writes it to a file. Where `nn.plot` draws the same thing, names and
arguments are those, but for ``ax``: what is drawn over each other there is passed together here.

- lines: `curve`, `loss_curves`
- functions of two numbers: `contours`, `error_surface`
- classifiers: `decision_regions`
- numbers: `histogram`, `bars`
- networks in layers: `network`
- several pictures: `row`
"""

from __future__ import annotations

from stepgrad.figures.bars import bars, histogram
from stepgrad.figures.classes import decision_regions
from stepgrad.figures.curves import curve, loss_curves
from stepgrad.figures.figure import Figure, row
from stepgrad.figures.maps import contours, error_surface
from stepgrad.figures.network import network

__all__ = [
    "Figure",
    "bars",
    "contours",
    "curve",
    "decision_regions",
    "error_surface",
    "histogram",
    "loss_curves",
    "network",
    "row",
]
