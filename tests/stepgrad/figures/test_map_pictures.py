"""Maps: contours with paths, arrows and marks, error surfaces, decision regions."""

from __future__ import annotations

import math
import re

import pytest
from pictures_read import NAME, parsed, scales, texts, vertices

import nn
from autograd import Value
from nn import landscapes
from stepgrad.figures import contours, decision_regions, error_surface


def with_fill(figure, fill):
    return [path for path in parsed(figure).iter(f"{NAME}path") if path.get("fill") == fill]


def test_a_band_of_a_bowl_is_bounded_by_a_circle():
    figure = contours(lambda x, y: x * x + y * y, ((-2, 2), (-2, 2)))
    x, y = scales(figure)
    levels = [float(text) for text in texts(figure) if re.fullmatch(r"\d+", text)]
    bands = [path for path in parsed(figure).iter(f"{NAME}path") if path.get("stroke") == "#6f7b87"]
    rings = [vertices(path.get("d"))[-1] for path in bands]
    radii = [sorted({round(math.hypot(x(a), y(b)) ** 2, 1) for a, b in ring}) for ring in rings]
    for level in (1, 2, 3):
        assert level in levels
        assert any(abs(found[0] - level) < 0.15 and abs(found[-1] - level) < 0.15 for found in radii)


def test_contours_take_functions_that_return_values():
    plain = contours(lambda x, y: x * x + y, ((-1, 1), (-1, 1))).to_svg()
    assert contours(lambda x, y: Value(x) ** 2 + y, ((-1, 1), (-1, 1))).to_svg() == plain


def test_arrows_cross_contours_at_right_angles():
    """Along an ellipse x² + 3y², at (1, 1): (2, 6), on the picture too, where both axes have one scale."""
    figure = contours(lambda x, y: x * x + 3 * y * y, ((-2, 2), (-1.5, 1.5)), gradients=[(1, 1)])
    (arrow,) = [path for path in with_fill(figure, "#1a1a1a") if path.get("stroke-width") == ".6"]
    (corners,) = vertices(arrow.get("d"))
    tip, (sx, sy), (ex, ey) = corners[3], corners[0], corners[6]
    start = ((sx + ex) / 2, (sy + ey) / 2)
    x, y = scales(figure)
    dx, dy = x(tip[0]) - x(start[0]), y(tip[1]) - y(start[1])
    assert (x(start[0]), y(start[1])) == pytest.approx((1, 1), abs=0.03)
    assert math.degrees(math.atan2(dy, dx)) == pytest.approx(math.degrees(math.atan2(6, 2)), abs=2)


def test_a_landscape_brings_its_domain_its_name_and_its_minima():
    figure = contours(landscapes.himmelblau)
    assert figure.summary == "contours of Himmelblau over −5.5 to 5.5 and −5.5 to 5.5"
    assert {"Himmelblau", "minimum", "saddle point"} <= set(texts(figure))


def test_a_path_that_diverges_is_drawn_as_far_as_it_is_inside():
    path = [(1, 1), (-3, 1), (9, 1), (-81, 1e300), (math.nan, math.inf)]
    figure = contours(lambda x, y: x * x, path={"too large a step": path})
    assert "too large a step" in texts(figure)
    assert "nan" not in figure.to_svg().split("</desc>")[1]


@pytest.mark.parametrize("name", sorted(landscapes.LANDSCAPES))
@pytest.mark.parametrize("filled", [True, False], ids=["filled", "lines"])
def test_contours_are_small(name, filled):
    landscape = landscapes.LANDSCAPES[name]
    path = landscapes.descend(landscape, nn.optim.Adam, steps=50, lr=0.05)
    assert len(contours(landscape, path=path, filled=filled, gradients=4).to_svg()) <= 25 * 1024


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x, y: 3.0, "3 everywhere"),
        (lambda x, y: math.nan, "Nothing to draw: of 6,561 numbers, 6,561 nan."),
        (lambda x, y: math.inf, "Nothing to draw: of 6,561 numbers, 6,561 infinite."),
    ],
    ids=["constant", "nan", "infinite"],
)
def test_a_map_without_contours_says_why(function, words):
    assert words in " ".join(texts(contours(function)))


def test_an_error_surface_leaves_the_model_as_it_was():
    model = nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.5))
    before = [parameter.data for parameter in model.parameters()]
    data = ([[0.0], [1.0]], [[1.0], [3.0]])
    figure = error_surface(model, data, nn.MSELoss(), ("0.weight", "0.bias"), path=[(0, 0), (math.nan, 1), (2, 1)])
    assert [parameter.data for parameter in model.parameters()] == before and model.training
    assert {"0.weight", "0.bias", "loss"} <= set(texts(figure))


POINTS, CLASSES = [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 1, 1, 0]


def test_the_border_of_a_linear_classifier_is_its_line():
    figure = decision_regions(lambda batch: [2 * a + b - 1 for a, b in batch], POINTS, [0, 1, 0, 1])
    x, y = scales(figure)
    (border,) = [path for path in parsed(figure).iter(f"{NAME}path") if path.get("stroke") == "#404040"]
    (line,) = vertices(border.get("d"))
    for a, b in line:
        assert 2 * x(a) + y(b) == pytest.approx(1, abs=0.02)


def test_points_of_a_class_have_its_color_and_its_shape():
    figure = decision_regions(
        lambda batch: [[0, 1, 2] for _ in batch], POINTS[:3], [0, 1, 2], target_names=["a", "b", "c"]
    )
    marks = [path for path in parsed(figure).iter(f"{NAME}path") if path.get("stroke-width") == ".8"]
    assert len({mark.get("fill") for mark in marks}) == 3
    assert "a" in marks[0].get("d") and "a" not in marks[1].get("d") + marks[2].get("d")  # an arc
    assert {"a", "b", "c"} <= set(texts(figure))


def test_regions_of_xor_are_a_strip_and_two_corners():
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
    weights = {"0.weight": [[1, 1], [1, 1]], "0.bias": [0, -1], "2.weight": [[1, -2]], "2.bias": [-0.5]}
    for name, parameter in model.named_parameters():
        tensor, *place = name.rsplit(".", 2 if "weight" in name else 1)
        value = weights[tensor]
        for index in place:
            value = value[int(index)]
        parameter.data = value
    figure = decision_regions(model, POINTS, CLASSES)
    shares = [float(share) for share in re.findall(r"([\d.]+) % of the plane", figure.details)]
    # The strip 0.5 < x + y < 1.5 of the square from -0.12 to 1.12: all but two triangles with legs of 0.74.
    assert shares[1] == pytest.approx(100 * (1 - 0.74**2 / 1.24**2), abs=2)


def test_scores_that_are_not_finite_leave_a_gap():
    figure = decision_regions(lambda batch: [math.nan if a > 0.5 else a + 1 for a, _ in batch], POINTS, CLASSES)
    assert "nan" not in figure.to_svg()
