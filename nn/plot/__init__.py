"""Pictures of networks, training and landscapes: needs matplotlib (``pip install "stepgrad[plot]"``).

Every function draws on the axes it is given, or on new ones, and returns them; none of them shows or saves anything.
matplotlib is loaded when a function is called. Colors are those of Okabe and Ito, which people with any kind of color
vision can tell apart; classes differ in marker shape as well, lines in style.

- training: `loss_curves`, `learning_rates`
- classifiers and regressions: `decision_regions`, `confusion_matrix`, `residuals`
- networks: `activations`, `histograms`, `gradient_flow`
- landscapes: `contours`, `descent_path`, `optimizer_race`, `error_surface`
"""

from __future__ import annotations

from nn.plot.evaluation import confusion_matrix, residuals
from nn.plot.networks import activations, gradient_flow, histograms
from nn.plot.regions import decision_regions
from nn.plot.style import COLORS, MARKERS
from nn.plot.surfaces import contours, descent_path, error_surface, optimizer_race
from nn.plot.training import learning_rates, loss_curves

__all__ = [
    "COLORS",
    "MARKERS",
    "activations",
    "confusion_matrix",
    "contours",
    "decision_regions",
    "descent_path",
    "error_surface",
    "gradient_flow",
    "histograms",
    "learning_rates",
    "loss_curves",
    "optimizer_race",
    "residuals",
]
