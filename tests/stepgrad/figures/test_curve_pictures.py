"""Curves show the numbers that they are given: read back from the picture by its ticks."""

from __future__ import annotations

import inspect
import math
import re

import pytest
from hypothesis import given, strategies as st
from pictures_read import NAME, curves_in, parsed, texts

import autograd
import nn
import nn.plot
from autograd import Value
from stepgrad import figures
from stepgrad.figures import bars, contours, curve, histogram, loss_curves, row
from stepgrad.figures.axis import short

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    "function", [math.sin, math.exp, autograd.tanh, lambda x: 100 * x - 7], ids=["sin", "exp", "tanh", "line"]
)
def test_the_line_is_the_function(function):
    ((run,),) = curves_in(curve(function, (-2, 3)))
    low, high = function(-2), function(3)
    assert run[0][0] == pytest.approx(-2, abs=0.02) and run[-1][0] == pytest.approx(3, abs=0.02)
    for x, y in run:
        # A tenth of a pixel across and up, of some 400 by 200.
        assert y == pytest.approx(function(x), abs=0.003 * max(abs(low), abs(high), 1) * 2)


def test_functions_that_return_values_give_their_data():
    expected = curve(math.tanh, (-1, 1)).to_svg()
    assert curve(lambda x: Value(x).tanh(), (-1, 1), labels=["tanh"]).to_svg() == expected
    assert curve(lambda x: [[Value(x).tanh()]], (-1, 1), labels=["tanh"]).to_svg() == expected


def test_lists_arrays_iterators_and_values_are_the_same_numbers():
    numpy = pytest.importorskip("numpy")
    expected = curve([1.0, 3.0, 2.0]).to_svg()
    for numbers in ((1, 3, 2), map(float, "132"), numpy.array([1, 3, 2]), [Value(1.0), Value(3.0), 2]):
        assert curve(numbers).to_svg() == expected


def test_the_line_has_a_gap_where_there_is_no_number():
    ((left, right),) = curves_in(curve([1, 2, NAN, 1, INF, 2, 3, -INF], x=range(8)))
    assert [round(x) for x, _ in left] == [0, 1]
    assert [round(x) for x, _ in right] == [5, 6]


def test_a_function_has_a_gap_where_it_is_not_defined():
    ((left, right),) = curves_in(curve(lambda x: math.sqrt(x * x - 1), (-2, 2)))
    assert left[-1][0] == pytest.approx(-1, abs=0.02) and right[0][0] == pytest.approx(1, abs=0.02)


def test_a_line_is_cut_where_it_leaves_the_picture():
    ((run,),) = curves_in(curve(lambda x: 10 * x, (-4, 4), ylim=(-5, 5)))
    assert run[0] == pytest.approx((-0.5, -5), abs=0.05)
    assert run[-1] == pytest.approx((0.5, 5), abs=0.05)


def test_a_logarithmic_axis_makes_a_power_straight():
    svg = curve(lambda x: x**3, (0.001, 1000), log="xy").to_svg()
    data = svg.split('stroke-width="1.8"')[0].rpartition('d="')[2].partition('"')[0]
    assert data.count(" ") + data.count("-") <= 4  # a start and one step


def test_what_is_not_positive_is_a_gap_on_a_logarithmic_axis():
    assert "4 of 4 missing" not in curve([1, 10, 0, 100, -1, 10, 1], log=True).details
    assert curve([1, 10, 0, 100, 10], log=True).to_svg().count("l") > 0
    assert "Nothing to draw" in curve([0, -1, NAN], log=True).details


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ([NAN, NAN], "Nothing to draw: of 2 numbers, 2 nan."),
        ([INF, NAN, -INF], "Nothing to draw: of 3 numbers, 1 nan, 2 infinite."),
        ([], "There are no numbers to draw."),
    ],
    ids=["nan", "infinite", "none"],
)
def test_a_picture_of_nothing_says_so(numbers, sentence):
    for figure in (curve(numbers), histogram(numbers)):
        assert sentence in " ".join(texts(figure))
        assert sentence in figure.details


def test_places_of_which_none_can_be_drawn_are_said():
    assert "Nothing to draw: of 2 numbers, 2 nan." in curve([1, 2], x=[NAN, NAN]).details
    assert "no logarithm" in curve([1, 2], x=[-1, -2], log="x").details


def test_numbers_beyond_the_limits_leave_an_empty_frame():
    for log in (False, True):
        for ylim in ((100, None), (None, 0.001)):
            assert 'fill="none" stroke-linejoin' not in curve([1, 2], ylim=ylim, log=log).to_svg()


def test_names_may_be_anything_that_can_be_printed():
    assert {"3", "4"} <= set(texts(curve(abs, xlabel=3, title=4)))
    assert "None" not in texts(curve(abs, xlabel=None, ylabel=None, title=None))


anything = st.lists(st.floats(), max_size=12)


@given(anything, st.sampled_from(["", "x", "y", "xy"]))
def test_any_numbers_make_a_picture(numbers, log):
    figures_of = [
        curve(numbers, log=log),
        curve([1.0] * len(numbers), x=numbers, log=log, points=list(zip(numbers, numbers, strict=True))),
        histogram(numbers),
        bars(numbers or [0]),
        contours(lambda x, y: numbers[int(x) % len(numbers)] if numbers else 0, ((0, 9), (0, 1)), resolution=5),
        contours(lambda x, y: x, ((0, 9), (0, 1)), path=list(zip(numbers, numbers, strict=True)), resolution=3),
    ]
    for root in map(parsed, figures_of):
        for path in root.iter(f"{NAME}path"):
            assert re.fullmatch(r"[MLHVhvlaz\d. -]+", path.get("d"))
            assert max(map(float, re.findall(r"\d+\.?\d*", path.get("d")))) < 1e4


def test_an_error_at_every_point_is_that_of_the_function():
    with pytest.raises(ZeroDivisionError):
        curve(lambda x: 1 / (x - x))
    with pytest.raises(ZeroDivisionError):
        contours(lambda x, y: 1 / (x - x))


def test_every_line_has_its_name_at_its_end():
    assert {"sin", "cosine", "curve 3"} <= set(
        texts(curve([math.sin, abs, lambda x: 0], labels=["sin", "cosine", "curve 3"]))
    )
    assert "tanh" in texts(curve(autograd.tanh))
    assert {"sin", "curve 2"} <= set(texts(curve([math.sin, lambda x: x])))


def test_lines_differ_in_color_and_in_dashes():
    svg = curve([[1, k] for k in range(6)]).to_svg()
    styles = {
        (part.split('"')[0], "dasharray" in part.split("/>")[0])
        for part in svg.split('fill="none" stroke-linejoin="round" stroke="')[1:]
    }
    assert len(styles) == 6
    dashes = {part.split('"')[0] for part in svg.split('stroke-dasharray="')[1:]}
    assert len(dashes) == 5


def test_loss_curves_mark_the_lowest_validation_loss():
    figure = loss_curves({"loss": [4, 2, 1], "val_loss": [5, 3, 4]})
    assert {"training", "validation", "lowest in epoch 2", "epoch", "loss"} <= set(texts(figure))
    assert "logarithm" not in figure.details


def test_loss_curves_take_what_fit_returned():
    model = nn.Linear(1, 1)
    data = ([[0.0], [1.0]], [[1.0], [3.0]])
    history = nn.fit(model, data, nn.MSELoss(), nn.optim.SGD(model.parameters(), lr=0.1), epochs=3)
    losses = history["loss"]
    assert f"from {short(losses[0])} at 1 to {short(losses[-1])} at 3" in loss_curves(history).details


@pytest.mark.parametrize("name", ["decision_regions", "error_surface", "loss_curves"])
def test_what_nn_plot_has_too_has_the_same_arguments(name):
    theirs = [p for p in inspect.signature(getattr(nn.plot, name)).parameters.values() if p.name != "ax"]
    ours = inspect.signature(getattr(figures, name)).parameters
    for parameter in theirs:
        assert ours[parameter.name].default == parameter.default
        assert ours[parameter.name].kind == parameter.kind
    assert [p.name for p in theirs] == [name for name in ours if name != "title"]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: curve(3), TypeError, "functions and lists of numbers, got 3"),
        (lambda: curve("abc"), TypeError, "got 'abc'"),
        (lambda: curve(["a"]), TypeError, "expected a real number, got 'a'"),
        (lambda: curve([None]), TypeError, "forget its return"),
        (lambda: curve(lambda x: None), TypeError, "forget its return"),
        (lambda: curve(lambda x: [x, x]), TypeError, "expected one number, got 2 numbers"),
        (lambda: curve({}), ValueError, "empty mapping"),
        (lambda: curve([[1, 2]] * 30), ValueError, "up to 24 lines, got 30"),
        (lambda: curve([1, 2], x=[1]), ValueError, "x must have a number for each of 2"),
        (lambda: curve(abs, (1, 1)), ValueError, "domain must go from a lower to a higher number"),
        (lambda: curve(abs, (0, INF)), ValueError, "domain must go"),
        (lambda: curve(abs, (-1, 1), log="x"), ValueError, "must be positive"),
        (lambda: curve(abs, log="z"), ValueError, "got 'z'"),
        (lambda: curve(abs, ylim=(2, 1)), ValueError, "ylim must go"),
        (lambda: curve(abs, ylim=3), ValueError, "ylim must be a pair"),
        (lambda: curve(abs, resolution=1), ValueError, "resolution must be a whole number of at least 2"),
        (lambda: curve([abs, abs], labels="ab"), ValueError, "labels must name each of 2 curves"),
        (lambda: curve(abs, points=[1, 2, 3]), ValueError, "must be a pair of numbers, got 1"),
        (lambda: loss_curves([1, 2]), TypeError, "got list"),
        (lambda: loss_curves({"loss": []}), ValueError, "no epochs"),
        (lambda: row(), ValueError, "at least one figure"),
        (lambda: row(curve(abs), 3), TypeError, "got 3"),
        (lambda: row(curve(abs), columns=0), ValueError, "columns must be"),
        (lambda: contours(3), TypeError, "a function of two numbers, got 3"),
        (lambda: contours(lambda x, y: x, (0, 1)), ValueError, "a range for x and one for y"),
        (lambda: contours(lambda x, y: x, ((0, 1), (1, 0))), ValueError, "the domain of y must go"),
        (lambda: contours(lambda x, y: x, path=[1, 2]), ValueError, "each point of the path must be a pair"),
        (lambda: contours(lambda x, y: x, labels="x"), ValueError, "labels must be two names, got 'x'"),
        (lambda: contours(lambda x, y: x, path=3), ValueError, "expected a list of pairs"),
        (lambda: contours(lambda x, y: x, gradients=1.5), ValueError, "gradients must be a whole number"),
        (lambda: histogram(3), TypeError, "values must be a list of numbers, got 3"),
        (lambda: histogram([1], bins=0), ValueError, "bins must be a whole number from 1 to 200 or None"),
        (lambda: bars([]), ValueError, "from 1 to 60 numbers, got 0"),
        (lambda: bars([1, 2], ["a"]), ValueError, "labels must name each of 2 bars"),
        (lambda: bars({"a": "b"}), TypeError, "expected a real number"),
    ],
    ids=lambda thing: thing if isinstance(thing, str) else "",
)
def test_what_cannot_be_drawn_gets_one_sentence(call, error, words):
    with pytest.raises(error) as raised:
        call()
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)
