"""Landscapes are what they say: their minima, their saddle points, and what descent does on them."""

from __future__ import annotations

import math
import re

import pytest

from autograd import Value, numerical_gradient
from nn import optim
from nn.landscapes import (
    LANDSCAPES,
    Landscape,
    beale,
    critical_point,
    descend,
    himmelblau,
    monkey_saddle,
    plateau,
    quadratic_bowl,
    rastrigin,
    rosenbrock,
    saddle,
)

MINIMA = [(landscape, point) for landscape in LANDSCAPES.values() for point in landscape.minima]
SADDLES = [(landscape, point) for landscape in LANDSCAPES.values() for point in landscape.saddle_points]


def name(thing):
    return thing.name if isinstance(thing, Landscape) else str(thing)


@pytest.mark.parametrize(("landscape", "point"), MINIMA, ids=name)
def test_at_a_minimum_the_gradient_is_zero_and_the_hessian_positive_definite(landscape, point):
    assert landscape(*point) == pytest.approx(0.0, abs=1e-20)
    assert math.hypot(*landscape.gradient(*point)) < 1e-9
    (a, b), (_, c) = landscape.hessian(*point)
    assert a > 0
    assert a * c - b * b > 0  # Sylvester's criterion, where critical_point computes eigenvalues
    assert critical_point(landscape, point).kind == "minimum"


@pytest.mark.parametrize(("landscape", "point"), SADDLES, ids=name)
def test_at_a_saddle_point_the_gradient_is_zero_and_the_hessian_indefinite(landscape, point):
    assert math.hypot(*landscape.gradient(*point)) < 1e-9
    (a, b), (_, c) = landscape.hessian(*point)
    assert a * c - b * b < 0
    assert critical_point(landscape, point).kind == "saddle point"


@pytest.mark.parametrize(
    ("landscape", "point", "height"),
    [
        (himmelblau, (0.0, 0.0), 170.0),  # 121 + 49
        (himmelblau, (-0.2708445906673476, -0.9230385564799815), 181.61652152258263),  # its only maximum
        (rosenbrock, (-1.2, 1.0), 24.2),  # in the paper of 1960
        (rosenbrock, (0.0, 0.0), 1.0),
        (beale, (0.0, 0.0), 14.203125),  # 1.5² + 2.25² + 2.625²
        (beale, (1.0, 1.0), 14.203125),
        (saddle, (3.0, 2.0), 5.0),
        (monkey_saddle, (2.0, 1.0), 2.0),  # the real part of (2 + i)³ = 2 + 11i
        (plateau, (1.0, 0.0), 1 - 1 / math.e),
        (rastrigin, (0.5, 0.0), 20.25),  # 10 + 0.25 + 10
        (rastrigin, (1.0, -2.0), 5.0),
        (quadratic_bowl(9.0), (2.0, 1.0), 6.5),
    ],
    ids=name,
)
def test_heights_against_closed_forms(landscape, point, height):
    assert landscape(*point) == pytest.approx(height, rel=1e-12)
    assert landscape(*map(Value, point)).data == landscape(*point)


@pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=name)
@pytest.mark.parametrize("point", [(0.0, 0.0), (1.3, -0.6), (-2.1, 0.45)], ids=str)
def test_the_formula_is_that_of_the_function(landscape, point):
    powers = landscape.formula.replace("²", "**2").replace("³", "**3").replace("π", "*pi*")
    products = re.sub(r"(?<=[\w)]) (?=[\w(])", "*", powers)
    x, y = point
    height = eval(products, {"x": x, "y": y, "cos": math.cos, "exp": math.exp, "pi": math.pi})
    assert landscape(x, y) == pytest.approx(height, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("landscape", "height"),
    [
        (himmelblau, 170.0),
        (rosenbrock, 24.2),
        (beale, 2.0**2 + 3.5**2 + 5.0**2),
        (saddle, 2.25 - 1e-6),
        (monkey_saddle, 1 - 3 * 0.0025),
        (plateau, 1 - math.exp(-18)),
        (rastrigin, 20 + 10.89 + 6.76 - 10 * (math.cos(0.6 * math.pi) + math.cos(1.2 * math.pi))),
        (LANDSCAPES["quadratic_bowl"], (20.25 + 25 * 2.25) / 2),
    ],
    ids=name,
)
def test_a_descent_begins_at_the_start_of_the_landscape(landscape, height):
    (first,) = descend(landscape, optim.SGD, steps=0)
    assert first[:2] == landscape.start
    assert first.value == pytest.approx(height, rel=1e-12)


def test_a_landscape_of_ones_own_is_a_name_and_a_function_and_cannot_be_changed():
    plain = Landscape("plain", lambda x, y: x + y)
    assert (plain.domain, plain.start, plain.minima, plain.saddle_points) == (((-5, 5), (-5, 5)), (0, 0), (), ())
    assert (plain.formula, plain.source, plain.log_levels) == ("", "", False)
    with pytest.raises(AttributeError):
        plain.start = (1.0, 1.0)


def test_as_many_minima_and_saddle_points_are_listed_as_there_are():
    counts = {key: (len(landscape.minima), len(landscape.saddle_points)) for key, landscape in LANDSCAPES.items()}
    assert counts == {
        # With its only maximum 4 + 1 - 4 = 1, as Poincaré and Hopf ask of a function that grows on all sides.
        "himmelblau": (4, 4),
        "rosenbrock": (1, 0),
        "beale": (1, 1),
        "saddle": (0, 1),
        "monkey_saddle": (0, 0),  # a degenerate one
        "plateau": (1, 0),
        "rastrigin": (1, 0),  # of its many saddle points none is listed
        "quadratic_bowl": (1, 0),
    }


@pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=name)
def test_gradients_against_finite_differences(landscape):
    point = (0.7, -1.3)
    expected = numerical_gradient(landscape, point)
    assert landscape.gradient(*point) == pytest.approx(tuple(expected), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=name)
def test_points_of_interest_lie_in_the_domain(landscape):
    (left, right), (bottom, top) = landscape.domain
    for x, y in (landscape.start, *landscape.minima, *landscape.saddle_points):
        assert left < x < right
        assert bottom < y < top


@pytest.mark.parametrize(
    ("start", "found"), list(zip([(3, 3), (-3, 3), (-3, -3), (3, -3)], himmelblau.minima, strict=True)), ids=str
)
def test_four_starts_reach_the_four_minima_of_himmelblau(start, found):
    last = descend(himmelblau, optim.SGD, start, steps=200, lr=0.01)[-1]
    assert (last.x, last.y) == pytest.approx(found, abs=1e-6)


def test_a_start_on_the_plateau_stalls_and_one_near_the_dip_does_not():
    far = descend(plateau, optim.SGD, steps=200, lr=0.1)
    assert math.dist(far[0][:2], far[-1][:2]) < 1e-5
    near = descend(plateau, optim.SGD, (0.8, 0.8), steps=200, lr=0.1)
    assert near[-1].value < 1e-6


def test_descent_on_the_ridge_of_a_saddle_stops_at_the_saddle_point():
    on_it = descend(saddle, optim.SGD, (1.0, 0.0), steps=100, lr=0.1)[-1]
    assert (on_it.x, on_it.y) == pytest.approx((0.0, 0.0), abs=1e-9)
    beside_it = descend(saddle, optim.SGD, (1.0, 1e-6), steps=100, lr=0.1)[-1]
    assert beside_it.value < -1


@pytest.mark.parametrize("condition_number", [1.0, 4.0, 25.0])
def test_the_error_on_a_bowl_shrinks_as_the_theory_says(condition_number):
    # Nocedal and Wright, section 3.3: with the best rate both shrink by (κ - 1)/(κ + 1), and y changes sign.
    factor = (condition_number - 1) / (condition_number + 1)
    path = descend(quadratic_bowl(condition_number), optim.SGD, (1.0, 1.0), steps=5, lr=2 / (1 + condition_number))
    assert [step.x for step in path] == pytest.approx([factor**step for step in range(6)], abs=1e-15)
    assert [step.y for step in path] == pytest.approx([(-factor) ** step for step in range(6)], abs=1e-15)


def test_a_path_holds_the_start_and_every_step_and_ends_where_it_was_last_finite():
    assert len(descend(himmelblau, optim.Adam, steps=7, lr=0.1)) == 8
    assert len(descend(himmelblau, optim.Adam, lr=0.1)) == 101
    assert descend(rosenbrock, optim.SGD, steps=0) == [(-1.2, 1.0, pytest.approx(24.2))]
    flown = descend(rosenbrock, optim.SGD, steps=100, lr=1.0)
    assert 1 < len(flown) < 101
    assert all(math.isfinite(number) for step in flown for number in step)


def test_the_coordinates_of_a_descent_have_names():
    labels = []

    def noting(x, y):
        labels.extend(value.label for value in (x, y) if isinstance(value, Value))
        return x * y

    descend(noting, optim.SGD, (1.0, 2.0), steps=1)
    assert labels == ["x", "y"]


def test_a_function_that_makes_an_optimizer_serves_as_well_as_a_class():
    made = descend(beale, lambda parameters: optim.SGD(parameters, lr=0.01, momentum=0.9), steps=20)
    assert made == descend(beale, optim.SGD, steps=20, lr=0.01, momentum=0.9)


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (lambda x, y: x * x + x * y + y * y, "minimum"),
        (lambda x, y: -(x * x) - 3 * y * y, "maximum"),
        (lambda x, y: x * y, "saddle point"),
        (lambda x, y: x * x + y * y * y, "degenerate"),
        (lambda x, y: 0 * x, "degenerate"),
    ],
)
def test_critical_points_are_named_by_curvature(function, kind):
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    landscape = Landscape("some function", function)
    found = critical_point(landscape, (0.0, 0.0))
    assert found.kind == kind
    expected = numpy.linalg.eigvalsh(landscape.hessian(0.0, 0.0))
    assert found.eigenvalues == pytest.approx(tuple(expected), abs=1e-12)


@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (lambda x, y: x * x + 0.1 * y * y, "minimum"),
        (lambda x, y: -(x * x) - 0.1 * y * y, "maximum"),
        (lambda x, y: x * x - 0.1 * y * y, "saddle point"),
        (lambda x, y: 0.1 * x * x - y * y, "saddle point"),
        (lambda x, y: x * x + 1e-5 * y * y, "minimum"),
        (lambda x, y: x * x + 1e-7 * y * y, "degenerate"),  # a ratio below the tolerance of 1e-6
        (lambda x, y: 1e-7 * x * x - y * y, "degenerate"),
    ],
)
def test_the_kind_of_a_critical_point_does_not_depend_on_the_unit_of_the_height(function, kind, scale):
    assert critical_point(Landscape("scaled", lambda x, y: scale * function(x, y)), (0.0, 0.0)).kind == kind


def test_a_gradient_as_long_as_the_tolerance_counts_as_zero():
    assert critical_point(saddle, (0.5, 0.0), tolerance=1.0).gradient_norm == 1.0


@pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=name)
def test_contours_are_denser_towards_the_minimum_where_even_ones_would_leave_a_large_part_of_the_plane_empty(landscape):
    (left, right), (bottom, top) = landscape.domain
    places = [i / 40 for i in range(41)]
    heights = [landscape(left + (right - left) * s, bottom + (top - bottom) * t) for s in places for t in places]
    lowest_of_ten = min(heights) + (max(heights) - min(heights)) / 10
    empty = sum(height < lowest_of_ten for height in heights) / len(heights)
    assert landscape.log_levels == (empty > 1 / 3)


def test_all_but_the_plainest_landscapes_say_where_they_come_from():
    own = {"saddle", "plateau"}
    assert {name for name, landscape in LANDSCAPES.items() if not landscape.source} == own
    for name in LANDSCAPES.keys() - own:
        assert re.search(r", .+, (19|20)\d\d\b", LANDSCAPES[name].source)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: critical_point(saddle, (1.0, 0.0)),
            r"\(1, 0\) is no critical point of saddle: .* a length of 2, not 0",
        ),
        (lambda: critical_point(saddle, (math.nan, 0.0)), "is no critical point of saddle"),
        (lambda: descend(saddle, optim.SGD, steps=-1), "steps must be a whole number of at least 0, got -1"),
        (lambda: descend(lambda x, y: x, optim.SGD), r"no start of its own; pass start=\(x, y\)"),
        (lambda: quadratic_bowl(0.5), "condition_number must be a finite number of at least 1, got 0.5"),
        (lambda: quadratic_bowl(math.inf), "condition_number must be a finite number of at least 1, got inf"),
    ],
)
def test_a_bad_argument_is_refused_with_a_remedy(call, message):
    with pytest.raises(ValueError, match=message):
        call()
