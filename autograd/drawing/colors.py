"""Color nodes by what they are, or by the sign and size of their gradients.

Every kind of color blindness can tell the colors apart. Gradients have seven steps from orange (negative) over white to
blue (positive), pale enough for dark text.

    >>> colors = GradientColors([-2.0, 0.0, 0.5, float("nan")])
    >>> [colors.of(gradient) for gradient in (-2.0, 0.0, 0.5, float("nan"))]
    ['#f2a65a', '#ffffff', '#a9d0ea', '#d9d9d9']
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

# What kind of thing a shape stands for; the colors of the stepper's picture are in `stepper/svg.py` and its style.
INK, BLUE, ORANGE, GREY = "#1a1a1a", "#0072b2", "#b35900", "#595959"
LEAF_FILL, RESULT_FILL, OPERATION_FILL, CONSTANT_FILL = "#e3f1fa", "#ffffff", "#fdebd3", "#f2f2f2"
BOX_FILL, CLUSTER_FILL = "#ededed", "#f7f7f7"

STEPS = ("#f2a65a", "#fbd9b0", "#fbe9d5", "#ffffff", "#d9eaf6", "#a9d0ea", "#6fb1dc")
UNKNOWN = "#d9d9d9"  # nan, or no number at all


class GradientColors:
    """The colors of some gradients, by their ratio to the largest one.

    Args:
        gradients: all gradients to color; anything but a real number is gray.

    Attributes:
        largest: the largest absolute value of the finite gradients.
    """

    def __init__(self, gradients: Iterable[Any]) -> None:
        sizes = (abs(x) for x in map(_number, gradients) if math.isfinite(x))
        self.largest = max(sizes, default=0.0)

    def of(self, gradient: Any) -> str:
        """The color of a gradient: a paler one up to a tenth of the largest, and up to a half of it."""
        x = _number(gradient)
        if math.isnan(x):
            return UNKNOWN
        if x == 0:
            return STEPS[3]
        size = abs(x)
        step = 3 if size > self.largest / 2 else 2 if size > self.largest / 10 else 1
        return STEPS[3 + (step if x > 0 else -step)]

    def legend(self) -> list[tuple[str, str]]:
        """The colors in use, from negative to positive, each with the gradients it stands for."""
        if not self.largest:
            return [(STEPS[3], "0")]
        half, tenth = f"{self.largest / 2:.3g}", f"{self.largest / 10:.3g}"
        sides = [f"> {half}", f"> {tenth}", "> 0"]
        below = [f"< -{half}", f"< -{tenth}", "< 0"]
        return list(zip(STEPS, [*below, "0", *reversed(sides)], strict=True))


def _number(gradient: Any) -> float:
    try:
        return float(getattr(gradient, "data", gradient))
    except (TypeError, ValueError, OverflowError):  # a program may store anything in `grad`
        return math.nan
