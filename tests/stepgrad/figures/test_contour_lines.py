"""Contour lines against closed forms: lines, circles, saddles; and that none ends in the middle of nowhere."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from stepgrad.figures.marching import contour, region

XS = [-2 + index / 10 for index in range(41)]
YS = [-1.5 + index / 12 for index in range(37)]


def over(function, xs=XS, ys=YS):
    return [[function(x, y) for x in xs] for y in ys]


def area(line):
    """Of what a closed line goes around, counterclockwise; by Gauss."""
    return sum(x * v - u * y for (x, y), (u, v) in pairwise(line)) / 2


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-2, 2))
def test_the_contour_of_a_plane_is_a_straight_line(a, b, level):
    for line in contour(XS, YS, over(lambda x, y: a * x + b * y), level):
        for x, y in line:
            assert a * x + b * y == pytest.approx(level, abs=1e-9)


@pytest.mark.parametrize("radius", [0.3, 0.7, 1.0, 1.4])
def test_the_contour_of_a_bowl_is_a_circle(radius):
    (line,) = contour(XS, YS, over(lambda x, y: x * x + y * y), radius**2)
    assert line[0] == line[-1]
    for x, y in line:
        # A linear interpolation is off by up to h²/8 times the second derivative, and the slope there is 2 r.
        assert math.hypot(x, y) == pytest.approx(radius, abs=0.1**2 / 8 * 2 / (2 * radius) * 1.2)
    assert -area(line) == pytest.approx(math.pi * radius**2, rel=0.04)  # what is larger is on the left: outside


@pytest.mark.parametrize(
    ("corners", "expected"),
    [
        # Alternating corners of one cell; the centre is 0.5 or 0.4, so what is larger is joined, or is not.
        ([[1.0, 0.0], [0.0, 1.0]], {((0.5, 0.0), (1.0, 0.5)), ((0.5, 1.0), (0.0, 0.5))}),
        ([[0.8, 0.0], [0.0, 0.8]], {((0.375, 0.0), (0.0, 0.375)), ((0.625, 1.0), (1.0, 0.625))}),
    ],
    ids=["joined", "separate"],
)
def test_a_saddle_is_decided_by_the_value_at_its_centre(corners, expected):
    found = contour([0.0, 1.0], [0.0, 1.0], corners, 0.5)
    assert {tuple((round(x, 9), round(y, 9)) for x, y in line) for line in found} == expected


grids = st.integers(2, 7).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(-4, 4).map(float), min_size=width, max_size=width), min_size=2, max_size=7
    )
)


def places(rows):
    return [float(i) for i in range(len(rows[0]))], [float(j) for j in range(len(rows))]


@given(grids, st.sampled_from([-2.5, -0.5, 0.5, 1.5]))
def test_every_contour_closes_or_ends_at_the_border(rows, level):
    xs, ys = places(rows)
    for line in contour(xs, ys, rows, level):
        assert len(line) > 1
        if line[0] != line[-1]:
            for x, y in (line[0], line[-1]):
                assert x in (xs[0], xs[-1]) or y in (ys[0], ys[-1])


@given(grids, st.sampled_from([-2.5, -0.5, 0.5, 1.5]))
def test_every_crossing_of_the_grid_is_on_one_contour(rows, level):
    xs, ys = places(rows)
    sides = [(rows[j][i], rows[j][i + 1]) for j in range(len(ys)) for i in range(len(xs) - 1)]
    sides += [(rows[j][i], rows[j + 1][i]) for j in range(len(ys) - 1) for i in range(len(xs))]
    crossed = sum((a >= level) != (b >= level) for a, b in sides)
    lines = contour(xs, ys, rows, level)
    assert sum(len(line) - (line[0] == line[-1]) for line in lines) == crossed


@given(grids, st.sampled_from([-2.5, -0.5, 0.5, 1.5]))
def test_what_is_above_and_what_is_below_fill_the_rectangle(rows, level):
    xs, ys = places(rows)
    above, below = region(xs, ys, rows, level), region(xs, ys, [[-value for value in row] for row in rows], -level)
    assert all(line[0] == line[-1] for line in above + below)
    total = sum(map(area, above)) + sum(map(area, below))
    # At a saddle both may claim the middle, or neither: at most one cell each.
    saddles = sum(
        (rows[j][i] >= level) == (rows[j + 1][i + 1] >= level) != (rows[j][i + 1] >= level) == (rows[j + 1][i] >= level)
        for j in range(len(ys) - 1)
        for i in range(len(xs) - 1)
    )
    assert total == pytest.approx(xs[-1] * ys[-1], abs=saddles + 1e-9)


def test_the_region_of_a_half_plane_is_half_of_the_rectangle():
    assert sum(map(area, region(XS, YS, over(lambda x, y: x + y), 0.0))) == pytest.approx(6.0)


def test_contours_end_at_a_gap_and_regions_leave_it_out():
    rows = over(lambda x, y: math.nan if math.hypot(x, y) < 0.5 else x)
    lines = contour(XS, YS, rows, 0.05)
    assert len(lines) == 2
    assert min(math.hypot(*point) for line in lines for point in line) >= 0.5
    missing = sum(map(math.isnan, (value for row in rows for value in row))) / 120
    covered = sum(map(area, region(XS, YS, rows, -1e300)))
    assert missing < 12.0 - covered < 2 * missing


def test_numbers_of_any_size_have_contours():
    xs, ys = [0.0, 1.0], [0.0, 1.0]
    assert contour(xs, ys, [[-1.5e308, 1.5e308]] * 2, 0.0) == [[(0.5, 1.0), (0.5, 0.0)]] or contour(
        xs, ys, [[-1.5e308, 1.5e308]] * 2, 0.0
    ) == [[(0.5, 0.0), (0.5, 1.0)]]
