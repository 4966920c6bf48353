"""Test functions of two variables, for optimizers to walk on: valleys, saddles, plateaus and many minima.

A `Landscape` is a function ``f(x, y)`` with what is known about it: where its minima and saddle points are, which part
of the plane is worth looking at, where it comes from. `LANDSCAPES` has them by name.

    >>> from nn import optim
    >>> path = descend(himmelblau, optim.Adam, start=(0.0, 0.0), steps=200, lr=0.1)
    >>> print(f"{path[0].value:.2f} -> {path[-1].value:.4f} at ({path[-1].x:.3f}, {path[-1].y:.3f})")
    170.00 -> 0.0000 at (3.000, 2.000)
    >>> critical_point(saddle, (0.0, 0.0)).kind
    'saddle point'

`nn.plot.contours` draws a landscape, `nn.plot.optimizer_race` draws several optimizers on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import autograd
from autograd import Value
from autograd.core.number import whole_number
from nn import optim

__all__ = [
    "LANDSCAPES",
    "CriticalPoint",
    "Landscape",
    "Step",
    "beale",
    "critical_point",
    "descend",
    "himmelblau",
    "monkey_saddle",
    "plateau",
    "quadratic_bowl",
    "rastrigin",
    "rosenbrock",
    "saddle",
]

Point = tuple[float, float]


@dataclass(frozen=True)
class Landscape:
    """A function of two variables, and what is known about it.

    Args:
        name: what to call it; the title of its plots.
        function: the function, of two numbers or Values.
        formula: the function as a text.
        domain: the part of the plane to look at: the range of x and the range of y.
        start: a point from which a descent is instructive.
        minima: where its global minima are.
        saddle_points: where its saddle points are, if they are known.
        log_levels: whether contours should be denser towards the minimum, as a narrow valley needs.
        source: the paper or book that it comes from.

    >>> tilted = Landscape("tilted", lambda x, y: x * x + y, domain=((-1.0, 1.0), (-1.0, 1.0)))
    >>> tilted(3.0, 1.0), tilted.gradient(3.0, 1.0), tilted.hessian(3.0, 1.0)
    (10.0, (6.0, 1.0), ((2.0, 0.0), (0.0, 0.0)))
    """

    name: str
    function: Callable[[Any, Any], Any]
    formula: str = ""
    domain: tuple[Point, Point] = ((-5.0, 5.0), (-5.0, 5.0))
    start: Point = (0.0, 0.0)
    minima: tuple[Point, ...] = ()
    saddle_points: tuple[Point, ...] = ()
    log_levels: bool = False
    source: str = ""

    def __call__(self, x: Any, y: Any) -> Any:
        """``f(x, y)``: a number for numbers, a Value if one of them is a Value."""
        return self.function(x, y)

    def gradient(self, x: float, y: float) -> Point:
        """The partial derivatives at a point, by reverse mode."""
        along_x, along_y = autograd.grad(self.function, (0, 1))(float(x), float(y))
        return along_x, along_y

    def hessian(self, x: float, y: float) -> tuple[Point, Point]:
        """The matrix of second derivatives at a point."""
        (xx, xy), (yx, yy) = autograd.hessian(self.function, (0, 1))(float(x), float(y))
        return (xx, xy), (yx, yy)


# ---------------------------------------------------------------------- the landscapes


def quadratic_bowl(condition_number: float = 25.0) -> Landscape:
    """A bowl, ``(x² + κ y²) / 2``: the steeper κ makes it across than along, the more plain descent zigzags.

    The Hessian is constant, with eigenvalues 1 and κ; κ is its condition number. Gradient descent converges for a
    learning rate below 2/κ, fastest at 2/(1 + κ), where the error shrinks by (κ - 1)/(κ + 1) at each step.

    Args:
        condition_number: κ, at least 1.

    Raises:
        ValueError: if it is below 1.

    Source: Nocedal and Wright, "Numerical optimization", 2nd edition, 2006, section 3.3.

    >>> quadratic_bowl(100.0)(2.0, 1.0)
    52.0
    """
    if not 1 <= condition_number < math.inf:
        raise ValueError(f"condition_number must be a finite number of at least 1, got {condition_number!r}")
    return Landscape(
        "quadratic bowl",
        lambda x, y: (x * x + condition_number * (y * y)) / 2,
        formula=f"(x² + {condition_number:g} y²) / 2",
        domain=((-5.0, 5.0), (-2.5, 2.5)),
        start=(-4.5, 1.5),
        minima=((0.0, 0.0),),
        source="Nocedal and Wright, Numerical optimization, 2nd edition, 2006, section 3.3",
    )


def _himmelblau(x: Any, y: Any) -> Any:
    return autograd.square(x * x + y - 11) + autograd.square(x + y * y - 7)


def _rosenbrock(x: Any, y: Any) -> Any:
    return autograd.square(1 - x) + 100 * autograd.square(y - x * x)


def _beale(x: Any, y: Any) -> Any:
    parts = [1.5 - x + x * y, 2.25 - x + x * (y * y), 2.625 - x + x * (y * y * y)]
    return autograd.dot(parts, parts)


def _rastrigin(x: Any, y: Any) -> Any:
    waves = autograd.cos(2 * math.pi * x) + autograd.cos(2 * math.pi * y)
    return 20 + x * x + y * y - 10 * waves


himmelblau = Landscape(
    "Himmelblau",
    _himmelblau,
    formula="(x² + y - 11)² + (x + y² - 7)²",
    domain=((-5.5, 5.5), (-5.5, 5.5)),
    start=(0.0, 0.0),
    minima=(
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.2831859912861696),
        (3.5844283403304917, -1.8481265269644036),
    ),
    saddle_points=(
        (-3.0730257507643897, -0.08135304428796751),
        (-0.12796134673068008, -1.9537149802445763),
        (0.08667750455539636, 2.884254701174776),
        (3.385154183607021, 0.07385187983774928),
    ),
    log_levels=True,
    source="Himmelblau, Applied nonlinear programming, 1972",
)
"""Four minima of the same depth, 0, between four saddle points: the start decides which one is found."""

rosenbrock = Landscape(
    "Rosenbrock",
    _rosenbrock,
    formula="(1 - x)² + 100 (y - x²)²",
    domain=((-2.0, 2.0), (-1.0, 3.0)),
    start=(-1.2, 1.0),
    minima=((1.0, 1.0),),
    log_levels=True,
    source="Rosenbrock, An automatic method for finding the greatest or least value of a function, 1960",
)
"""A curved valley with steep walls: easy to find, slow to follow to its lowest point."""

beale = Landscape(
    "Beale",
    _beale,
    formula="(1.5 - x + x y)² + (2.25 - x + x y²)² + (2.625 - x + x y³)²",
    domain=((-4.5, 4.5), (-4.5, 4.5)),
    start=(1.0, 1.5),
    minima=((3.0, 0.5),),
    saddle_points=((0.0, 1.0),),
    log_levels=True,
    source="Beale, On an iterative method for finding a local minimum of a function of more than one variable, 1958",
)
"""Flat in the middle, with steep walls at the corners of its domain."""

saddle = Landscape(
    "saddle",
    lambda x, y: x * x - y * y,
    formula="x² - y²",
    domain=((-2.0, 2.0), (-2.0, 2.0)),
    start=(-1.5, 1e-3),
    saddle_points=((0.0, 0.0),),
)
"""A pass between two hills. Descent first goes up to it, then leaves it slowly: it is flat, but no minimum."""

monkey_saddle = Landscape(
    "monkey saddle",
    lambda x, y: x * x * x - 3 * (x * (y * y)),
    formula="x³ - 3 x y²",
    domain=((-1.5, 1.5), (-1.5, 1.5)),
    start=(1.0, 0.05),
    source="Hilbert and Cohn-Vossen, Geometry and the imagination, 1952, section 29",
)
"""A pass with three valleys, two for the legs and one for the tail; its Hessian at (0, 0) is zero."""

plateau = Landscape(
    "plateau",
    lambda x, y: 1 - autograd.exp(-(x * x + y * y)),
    formula="1 - exp(-(x² + y²))",
    domain=((-4.0, 4.0), (-4.0, 4.0)),
    start=(3.0, 3.0),
    minima=((0.0, 0.0),),
)
"""A plain with one dip. Far from the dip the gradient is all but zero, and steps in proportion to it go nowhere."""

rastrigin = Landscape(
    "Rastrigin",
    _rastrigin,
    formula="20 + x² - 10 cos(2πx) + y² - 10 cos(2πy)",
    domain=((-5.12, 5.12), (-5.12, 5.12)),
    start=(3.3, -2.6),
    minima=((0.0, 0.0),),
    source="Rastrigin, Systems of extremal control, 1974",
)
"""A bowl with waves on it: a local minimum near every pair of whole numbers, the global one at (0, 0)."""

LANDSCAPES: dict[str, Landscape] = {
    "himmelblau": himmelblau,
    "rosenbrock": rosenbrock,
    "beale": beale,
    "saddle": saddle,
    "monkey_saddle": monkey_saddle,
    "plateau": plateau,
    "rastrigin": rastrigin,
    "quadratic_bowl": quadratic_bowl(),
}
"""All landscapes by name; the bowl with its condition number of 25."""


# ---------------------------------------------------------------------- walking


class Step(NamedTuple):
    """A point of a path and the height there."""

    x: float
    y: float
    value: float


def descend(
    landscape: Callable[[Any, Any], Any],
    optimizer: Callable[..., optim.Optimizer],
    start: Point | None = None,
    steps: int = 100,
    **options: Any,
) -> list[Step]:
    """The path that an optimizer takes: after each step the point and the height.

    Args:
        landscape: a `Landscape`, or any function of two Values.
        optimizer: an optimizer class, or any function that makes an optimizer of a list of parameters.
        start: where to begin; by default the start of the landscape.
        steps: the number of steps.
        options: passed on to `optimizer`: ``lr=0.1``.

    Returns:
        ``steps + 1`` points, the start included. A path that runs off to infinity ends where it was last finite.

    Raises:
        ValueError: if the number of steps is negative, or no start is known.

    >>> path = descend(saddle, optim.SGD, (1.0, 0.0), steps=2, lr=0.25)
    >>> [(step.x, step.value) for step in path]
    [(1.0, 1.0), (0.5, 0.25), (0.25, 0.0625)]
    """
    steps = whole_number("steps", steps, least=0)
    if start is None:
        if not isinstance(landscape, Landscape):
            raise ValueError("a plain function has no start of its own; pass start=(x, y)")
        start = landscape.start
    x, y = Value(float(start[0]), "x"), Value(float(start[1]), "y")
    walker = optimizer([x, y], **options)

    def closure() -> Any:
        walker.zero_grad()
        height = landscape(x, y)
        height.backward()
        return height

    path = [Step(x.data, y.data, float(landscape(x.data, y.data)))]
    for _ in range(steps):
        walker.step(closure)
        step = Step(x.data, y.data, float(landscape(x.data, y.data)))
        if not all(map(math.isfinite, step)):
            break
        path.append(step)
    return path


# ---------------------------------------------------------------------- critical points


class CriticalPoint(NamedTuple):
    """What a point with a gradient of zero is."""

    kind: str
    """"minimum", "maximum", "saddle point" or "degenerate"."""
    eigenvalues: Point
    """Of the Hessian: the least and the greatest curvature of all directions."""
    gradient_norm: float


def critical_point(landscape: Landscape, point: Point, tolerance: float = 1e-6) -> CriticalPoint:
    """What a point with a gradient of zero is, by the eigenvalues of the Hessian there.

    Both positive: a minimum. Both negative: a maximum. One of each: a saddle point. If one is zero, the second
    derivatives do not decide, and the point is called degenerate. For the symmetric matrix ((a, b), (b, c)) the
    eigenvalues are ``(a + c) / 2 ± √(((a - c) / 2)² + b²)``.

    Args:
        landscape: the function.
        point: the point (x, y).
        tolerance: the gradient may be this long; an eigenvalue this small, as a part of the larger one, is zero.

    Raises:
        ValueError: if the gradient at the point is longer than that.

    >>> kind, (low, high), norm = critical_point(himmelblau, (3.0, 2.0))
    >>> print(f"{kind}, curvatures from {low:.3f} to {high:.3f}")
    minimum, curvatures from 25.716 to 82.284
    >>> critical_point(monkey_saddle, (0.0, 0.0)).kind
    'degenerate'
    """
    norm = math.hypot(*landscape.gradient(*point))
    if not norm <= tolerance:
        raise ValueError(
            f"({point[0]:g}, {point[1]:g}) is no critical point of {landscape.name}: its gradient there has a length "
            f"of {norm:.3g}, not 0; pass a point closer to one, or a larger tolerance than {tolerance:g}"
        )
    (a, b), (_, c) = landscape.hessian(*point)
    center, radius = (a + c) / 2, math.hypot((a - c) / 2, b)
    low, high = center - radius, center + radius
    if min(abs(low), abs(high)) <= tolerance * max(abs(low), abs(high)):
        kind = "degenerate"
    elif low > 0:
        kind = "minimum"
    else:
        kind = "maximum" if high < 0 else "saddle point"
    return CriticalPoint(kind, (low, high), norm)
