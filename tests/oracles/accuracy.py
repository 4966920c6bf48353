"""How many units in the last place each row of the table is off, against mpmath with 400 digits.

    python tests/oracles/accuracy.py           prints a table: worst error of the value and of each derivative

Points are drawn over many orders of magnitude, near zeros, branch points, kinks and the ends of the domain, up to
overflow and underflow.

An error is counted in units in the last place (ulps) of the exact result. Where terms of opposite sign cancel, or the
rounding of an argument is magnified, a rule as short as a textbook's cannot get all digits of the result right. There
it is counted in ulps of a larger number, which `SCALES` has, with the reason.

A row without a line in `DRAWS` is measured in its domain, and its errors are counted in ulps of what the rounding of
its arguments alone would make of the result (`conditioned`). So a new row needs nothing here. A line in `DRAWS` asks
more of it: all sizes of numbers, and ulps of the result itself.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from autograd import TABLE, Op
from oracles.exact import (
    derivative,
    derivatives,
    dot,
    exact,
    logistic,
    mp,
    normal_density,
    normal_probability,
    places_of,
    sizes_of,
    variance,
)

LEAST_NORMAL = sys.float_info.min

Draw = Callable[[random.Random], float]


# ---------------------------------------------------------------------- what an error is relative to


class Scale(NamedTuple):
    """The number whose ulps count, from the exact result and the arguments, and why it is not the result itself."""

    of: Callable[..., Any]
    reason: str


ROUNDED_SQUARE = "x^2 is rounded before exp, which magnifies that x^2 times"
UNDERFLOW = "what a subnormal number loses"
SUM = "relative to the sum of the sizes: terms cancel"
CENTER = "relative to the mean of the sizes: x - mean cancels"

# By row, and by what is measured: the value, or the derivatives with respect to an argument.
SCALES: dict[tuple[str, str | int], Scale] = {
    ("pow", 0): Scale(
        lambda exact, x, y: abs(exact) * (1 + abs(mp.log(abs(x)))) + abs(y) * LEAST_NORMAL,
        f"y - 1 is rounded, which x^(y - 1) magnifies log(x) times; and y times {UNDERFLOW}",
    ),
    ("pow", 1): Scale(
        lambda exact, x, y: abs(exact) + abs(mp.log(abs(x))) * LEAST_NORMAL,
        f"log(x) times {UNDERFLOW}",
    ),
    ("tanh", 0): Scale(lambda exact, x: 1, "an absolute error: 1 - out^2 cancels where it saturates, as in PyTorch"),
    ("sigmoid", 0): Scale(
        lambda exact, x: logistic(x), "relative to out: 1 - out cancels where it saturates, as in PyTorch"
    ),
    ("silu", "value"): Scale(lambda exact, x: abs(exact) + abs(x) * LEAST_NORMAL, f"x times {UNDERFLOW}"),
    ("silu", 0): Scale(
        lambda exact, x: logistic(x) * (1 + abs(x)) + abs(x) * LEAST_NORMAL,
        f"relative to the sizes of its two terms, which cancel at x = -1.28; and x times {UNDERFLOW}",
    ),
    ("elu", 0): Scale(lambda exact, x, alpha: abs(exact) + abs(alpha) * LEAST_NORMAL, f"alpha times {UNDERFLOW}"),
    ("erf", 0): Scale(lambda exact, x: exact * (1 + x * x), ROUNDED_SQUARE),
    ("erfc", 0): Scale(lambda exact, x: exact * (1 + x * x), ROUNDED_SQUARE),
    ("gelu", "value"): Scale(
        lambda exact, x: exact * (1 + min(x, 0) ** 2), "x / sqrt(2) is rounded, which the left tail magnifies x^2 times"
    ),
    ("gelu", 0): Scale(
        lambda exact, x: normal_probability(x) * (1 + min(x, 0) ** 2) + abs(x) * normal_density(x) * (1 + x * x),
        "relative to the sizes of its two terms, which cancel at x = -0.75, and to x^2",
    ),
    ("sum", "value"): Scale(lambda exact, xs: sizes_of(xs), SUM),
    ("mean", "value"): Scale(lambda exact, xs: sizes_of(xs) / len(xs), SUM),
    ("dot", "value"): Scale(lambda exact, xs, ys: dot(map(abs, xs), map(abs, ys)), SUM),
    ("affine", "value"): Scale(lambda exact, ws, xs, b: dot(map(abs, ws), map(abs, xs)) + abs(b), SUM),
    ("logsumexp", "value"): Scale(
        lambda exact, xs: 1 + abs(max(xs)),
        "relative to 1 + |largest|: log and the largest cancel, log(1 + tiny) rounds",
    ),
    ("logsumexp", 0): Scale(
        lambda exact, xs: exact * (1 + abs(max(xs)) - mp.log(exact)), "x - out is rounded, and exp magnifies that"
    ),
    ("var", 0): Scale(
        lambda exact, xs, correction: abs(exact) + 2 * sizes_of(xs) / len(xs) / (len(xs) - correction), CENTER
    ),
    ("std", 0): Scale(
        lambda exact, xs, correction: (
            abs(exact) + sizes_of(xs) / len(xs) / (len(xs) - correction) / mp.sqrt(variance(xs, correction))
        ),
        CENTER,
    ),
}


def conditioned(op: Op, part: str | int, exact_result: Any, exactly: list[Any], element: int = 0) -> Any:
    """The size of a result f and of what a relative change of its arguments x makes of it: ``|f| + Σ |x_i ∂f/∂x_i|``.

    An error of a few ulps of it is that of the exact result at arguments a few ulps off, the most that can be asked of
    a formula in general. N. Higham, "Accuracy and Stability of Numerical Algorithms", section 1.6.
    """
    operands = op.flat(exactly)
    by = () if part == "value" else (places_of(op, int(part), operands)[element],)
    changes = (x * derivative(op, operands, place, *by) for place, x in enumerate(operands))
    return abs(exact_result) + mp.fsum(changes, absolute=True)


# ---------------------------------------------------------------------- where to measure


def size(low: float, high: float, *, signed: bool = True) -> Draw:
    """Numbers of all sizes between two powers of ten."""

    def draw(generator: random.Random) -> float:
        # The factor, because the logarithm of a power of 10 alone would be a float by construction.
        magnitude = 10 ** generator.uniform(low, high) * generator.uniform(0.5, 1)
        return -magnitude if signed and generator.random() < 0.5 else magnitude

    return draw


def near(*places: float) -> Draw:
    """Numbers on both sides of a place, at all distances down to the next float, never the place itself."""

    def draw(generator: random.Random) -> float:
        place = generator.choice(places)
        x = place * (1 + generator.choice((-1, 1)) * 10 ** generator.uniform(-16, -0.3))
        return x if x != place else math.nextafter(place, generator.choice((-math.inf, math.inf)))

    return draw


def one_of(*numbers: float) -> Draw:
    return lambda generator: generator.choice(numbers)


def either(*draws: Draw) -> Draw:
    return lambda generator: generator.choice(draws)(generator)


WHOLE = one_of(*map(float, range(-20, 21)))
HALVES = near(*(half / 2 for half in range(-9, 10) if half))
QUARTER_TURNS = near(*(turns * math.pi / 2 for turns in (1, 2, 3, 4, 5, -1, -2, 710, 10**6)))
ANY = size(-100, 100)
UP_TO_OVERFLOW = either(size(-20, 2.8), size(2.8, 2.89))  # exp overflows at 709.8, and exp(-746) is 0
SATURATING = either(UP_TO_OVERFLOW, size(-2, 1.8))
POSITIVE = size(-300, 300, signed=False)
INSIDE_1 = either(size(-20, 0), near(-1.0, 1.0))
MODERATE = size(-3, 3)


def within(low: float, high: float) -> Draw:
    """Numbers of an interval, half of them of all sizes down to 1e-20 if it has 0 in it."""

    def draw(generator: random.Random) -> float:
        x = generator.uniform(low, high)
        return x * 10 ** generator.uniform(-20, 0) if low <= 0 <= high and generator.random() < 0.5 else x

    return draw


# For each argument; within the domain of the row unless said. A point where the function is not real, or that is on a
# kink, is drawn again.
DRAWS: dict[str, list[Draw]] = {
    **dict.fromkeys(("add", "sub", "mul", "maximum", "minimum", "copysign"), [ANY] * 2),
    **{name: [ANY] for name in ("neg", "relu", "abs", "sign")},
    "remainder": [MODERATE] * 2,  # see `remainder_point`
    "div": [size(-150, 150)] * 2,
    "pow": [either(MODERATE, POSITIVE, near(1.0)), either(size(-3, 2.5), WHOLE)],
    "square": [size(-150, 150)],
    "reciprocal": [size(-300, 300)],
    "sqrt": [POSITIVE],
    "cbrt": [size(-300, 300)],
    "exp": [UP_TO_OVERFLOW],
    "exp2": [either(size(-20, 3), size(3, 3.05))],
    "expm1": [UP_TO_OVERFLOW],
    "log": [either(POSITIVE, near(1.0))],
    "log2": [either(POSITIVE, near(1.0))],
    "log10": [either(POSITIVE, near(1.0))],
    "log1p": [either(size(-20, 300, signed=False), size(-20, 0), near(-1.0))],
    "sin": [either(size(-20, 22), QUARTER_TURNS)],
    "cos": [either(size(-20, 22), QUARTER_TURNS)],
    "tan": [either(size(-20, 22), QUARTER_TURNS)],
    "asin": [INSIDE_1],
    "acos": [INSIDE_1],
    "atan": [either(size(-20, 150), near(-1.0, 1.0))],  # beyond, x * x overflows: a slope of 1e-309 is given as 0
    "atan2": [either(size(-20, 20), MODERATE)] * 2,
    "hypot": [either(size(-20, 20), MODERATE)] * 2,
    "sinh": [UP_TO_OVERFLOW],
    "cosh": [UP_TO_OVERFLOW],
    "tanh": [SATURATING],
    "asinh": [size(-20, 300)],
    "acosh": [either(size(0, 300, signed=False), near(1.0))],
    "atanh": [INSIDE_1],
    "erf": [either(size(-20, 1.43), size(-1, 1.43))],  # erfc(26.6) and its derivative are nearly the least floats
    "erfc": [either(size(-20, 1.43), size(-1, 1.43))],
    "sigmoid": [SATURATING],
    "softplus": [SATURATING],
    "logsigmoid": [SATURATING],
    "silu": [either(SATURATING, near(-1.2784645427610738))],  # where its derivative is zero
    "gelu": [either(size(-20, 1.58), size(-1, 1.58), near(-0.7517915246935645))],
    "leaky_relu": [ANY, ANY],
    "elu": [UP_TO_OVERFLOW, MODERATE],
    "hardsigmoid": [either(size(-20, 2), near(-3.0, 3.0))],
    "hardtanh": [MODERATE] * 3,
    "clamp": [MODERATE] * 3,
    "where": [one_of(0.0, 1.0, -2.0), ANY, ANY],
    "floor": [either(size(-20, 6), HALVES)],
    "ceil": [either(size(-20, 6), HALVES)],
    "trunc": [either(size(-20, 6), HALVES)],
    "round": [either(size(-20, 6), HALVES)],
    "prod": [size(-10, 10)],
    "logsumexp": [either(size(-3, 3.2), size(-1, 1), one_of(0.0))],
    "var": [MODERATE, size(-3, -0.3, signed=False)],
    "std": [MODERATE, size(-3, -0.3, signed=False)],
    "norm": [either(size(-20, 20), MODERATE)],
    **dict.fromkeys(("sum", "mean", "dot", "affine", "max", "min"), [MODERATE] * 3),
}


# Rows whose operands, of such sizes, all get a common factor, so that their squares over- and underflow.
COMMON_FACTOR = dict.fromkeys(("atan2", "hypot", "norm"), either(one_of(1.0), size(-200, 200)))


def remainder_point(generator: random.Random) -> list[float]:
    """A number and its divisor, at times close to a multiple of the divisor or only rounded from one."""
    y = MODERATE(generator)
    x = y * either(MODERATE, WHOLE, near(*range(-9, 0), *range(1, 10)))(generator)
    return [x, y] if math.fmod(x, y) else remainder_point(generator)  # at an exact multiple it jumps


def draws_of(op: Op) -> list[Draw]:
    return DRAWS.get(op.name) or [within(*interval) for interval in op.domain]


def vectors_point(op: Op, generator: random.Random) -> list[Any]:
    """Vectors of 2 to 9 elements, at times such that digits cancel."""
    draws = draws_of(op)
    length = generator.randint(2, 9)
    vectors = [[draws[index](generator) for _ in range(length)] for index in range(op.vectors)]
    if op.name in ("var", "std") and generator.random() < 0.5:
        # Close together and far from 0, where the mean of the squares cancels.
        center, spread = MODERATE(generator), 10 ** generator.uniform(-6, 0)
        vectors = [[center * (1 + spread * generator.uniform(-1, 1)) for _ in range(length)]]
    if op.name == "logsumexp" and generator.random() < 0.2:
        # One far ahead of all others, and 0, where the result is the logarithm of hardly more than 1.
        vectors = [[0.0, *(-5 - abs(x) for x in vectors[0][1:])]]
    return [*vectors, *(draws[index](generator) for index in range(op.vectors, op.arity))]


def draw_point(op: Op, generator: random.Random) -> list[Any]:
    if op.name == "remainder":
        return remainder_point(generator)
    point = vectors_point(op, generator) if op.vectors else [draw(generator) for draw in draws_of(op)]
    if op.name in COMMON_FACTOR:
        factor = COMMON_FACTOR[op.name](generator)
        return [[x * factor for x in xs] if isinstance(xs, list) else xs * factor for xs in point]
    return point


def points(op: Op, count: int) -> Iterator[tuple[list[Any], list[Any], Any]]:
    """Points of a row, the same at each call: floats, the same in mpmath, and the exact value."""
    generator = random.Random(op.name)
    while count:
        point = draw_point(op, generator)
        exactly = [[mp.mpf(x) for x in xs] if isinstance(xs, list) else mp.mpf(xs) for xs in point]
        value = exact(op)(*exactly)
        if mp.im(value) == 0 and (op.name in DRAWS or not op.is_on_kink(op.flat(point))):
            count -= 1
            yield point, exactly, value


# ---------------------------------------------------------------------- measuring


def ulps(ours: float, exact: Any, scale: Any = None) -> float:
    """The distance of a number from the exact one in units of its last place, or of the last place of `scale`."""
    if mp.im(exact) != 0:  # as the derivative of (-2)^y, which is nan
        return 0.0 if math.isnan(ours) else math.inf
    nearest = float(exact)
    if not math.isfinite(ours) or math.isinf(nearest):
        return 0.0 if ours == nearest else math.inf
    # Below the least normal number digits get lost; there its last place counts.
    unit = math.ulp(max(float(abs(exact if scale is None else scale)), LEAST_NORMAL))
    return float(abs(mp.mpf(ours) - exact) / unit)


class Worst(NamedTuple):
    """The worst errors of a row, as `SCALES` counts them; `plain` has those in ulps of the results themselves."""

    value: float
    derivative: float
    plain: dict[str | int, float]


def errors(op: Op, count: int = 150) -> Worst:
    """The worst errors of the value and of the partial derivatives."""
    parts: list[str | int] = ["value", *range(op.arity)]
    plain, worst = dict.fromkeys(parts, 0.0), dict.fromkeys(parts, 0.0)
    for point, exactly, exact_value in points(op, count):
        value = op.value(*point)
        triples: list[tuple[str | int, int, float, Any]] = [("value", 0, value, exact_value)]
        for index in range(op.arity):
            slopes = op.partial(index, value, *point)
            exact_slopes = derivatives(op, index, exactly)
            pairs = zip(slopes if index < op.vectors else [slopes], exact_slopes, strict=True)
            triples += [(index, element, ours, right) for element, (ours, right) in enumerate(pairs)]
        for part, element, ours, right in triples:
            scale = SCALES.get((op.name, part))
            error = ulps(ours, right)
            plain[part] = max(plain[part], error)
            if scale:
                error = ulps(ours, right, scale.of(right, *exactly))
            elif op.name not in DRAWS and error > 1:
                error = ulps(ours, right, conditioned(op, part, right, exactly, element))
            worst[part] = max(worst[part], error)
    return Worst(worst.pop("value"), max(worst.values()), plain)


def main() -> None:
    print("Worst error in units in the last place, 150 points for each row")
    print(f"{'operation':12}{'value':>8}{'derivative':>12}")
    for name, op in TABLE.items():
        worst = errors(op)
        print(f"{name:12}{worst.value:8.3g}{worst.derivative:12.3g}")
        for (row, part), scale in SCALES.items():
            if row == name:
                what = "value" if part == "value" else "derivative"
                print(f"    {what}: {scale.reason} ({worst.plain[part]:.3g} ulps of the result)")


if __name__ == "__main__":
    main()
