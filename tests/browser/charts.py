"""What the charts of the page show, read from their paths and axes."""

from __future__ import annotations

import math
import re
from typing import Any

FIELD = 322.0, 116.0
"""The width and the height of a chart between the ends of its axes."""


class Chart:
    """A chart in a panel: its curve and its points as numbers."""

    def __init__(self, view: Any, panel: str, *, log: bool = False) -> None:
        self._field = view.locator(f"{panel} .field")
        (self.low, self.high), self._ends = (
            [float(x) for x in self._field.get_attribute(f"data-{name}").split()] for name in ("across", "up")
        )
        self._log = log

    @property
    def up(self) -> tuple[float, float]:
        return tuple(self._ends)

    @property
    def tolerance(self) -> float:
        """How much a number of a path may be off: half a hundredth of a pixel, in a logarithmic chart as a factor."""
        low, high = map(math.log10, self._ends) if self._log else self._ends
        return 0.006 * (high - low) / FIELD[1]

    def _number(self, x: float, y: float) -> tuple[float, float]:
        low, high = map(math.log10, self._ends) if self._log else self._ends
        up = high - y / FIELD[1] * (high - low)
        return self.low + x / FIELD[0] * (self.high - self.low), 10**up if self._log else up

    def line(self, name: str) -> list[tuple[float, float]]:
        """The points of a path."""
        path = self._field.locator(f"path.{name}").get_attribute("d")
        return [self._number(*map(float, point.split())) for point in re.split("[ML]", path)[1:]]

    def point(self, name: str) -> tuple[float, float]:
        """Where a mark is."""
        x, y = re.findall(r"-?[\d.]+", self._field.locator(f".{name}").get_attribute("transform"))
        return self._number(float(x), float(y))
