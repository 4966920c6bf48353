"""Networks are drawn with the numbers that they are given: read back from the picture."""

from __future__ import annotations

import base64
import json
import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies as st
from pictures_read import NAME, parsed, texts

from autograd import Value
from autograd.drawing.colors import STEPS, UNKNOWN
from stepgrad.figures import curve, network
from stepgrad.figures.axis import short

BLUE, ORANGE, GRAY = "#0072b2", "#b84a00", "#8c8c8c"
NAN, INF = math.nan, math.inf


def circles(figure):
    """The circles as (x, y, radius, fill), layer by layer."""
    found = []
    for path in parsed(figure).iter(f"{NAME}path"):
        if match := re.match(r"M([\d.]+) ([\d.]+)a([\d.]+) ", path.get("d")):
            left, y, radius = map(float, match.groups())
            found.append((left + radius, y, radius, path.get("fill")))
    return found


def drawn_edges(figure):
    """For each edge the circles that it joins, by their place, its width, color and whether it is dashed."""
    places = circles(figure)
    found = {}
    for path in parsed(figure).iter(f"{NAME}path"):
        for ends in re.findall(r"M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)", path.get("d")):
            ax, ay, bx, by = map(float, ends)
            joined = []
            for x, y in ((ax, ay), (bx, by)):  # an edge ends on the circle of its unit
                off = [abs(math.hypot(x - cx, y - cy) - radius) for cx, cy, radius, _ in places]
                joined.append(min(range(len(off)), key=off.__getitem__))
                assert min(off) < 0.2
            found[tuple(joined)] = (
                float(path.get("stroke-width")),
                path.get("stroke"),
                bool(path.get("stroke-dasharray")),
            )
    return found


WEIGHTS = [[[0.5, -1.0, 9.0], [2.0, 0.0, 9.0]], [[NAN, -2.0, 9.0]]]


def test_edges_join_the_units_of_their_number_by_size_and_sign():
    found = drawn_edges(network(WEIGHTS))
    assert set(found) == {(j, 2 + k) for j in range(2) for k in range(2)} | {(2, 4), (3, 4)}
    assert found[0, 2][1:] == (BLUE, False) and found[1, 2][1:] == (ORANGE, True)  # edges[0][0] leads to unit 0
    assert found[0, 3][1:] == (BLUE, False)
    assert found[1, 3] == found[2, 4] == (1.0, GRAY, False)  # 0 and nan
    sizes = {abs(value): found[way][0] for way, value in {(0, 2): 0.5, (1, 2): 1.0, (0, 3): 2.0, (3, 4): -2.0}.items()}
    assert (sizes[2.0] - sizes[1.0]) / (sizes[1.0] - sizes[0.5]) == pytest.approx(2, abs=0.2)


def test_the_bias_is_not_drawn():
    weights = [[[1, 2, 99], [3, 4, 99]]]
    assert (
        network(weights, units=[[0, 0], [0, 0]]).to_svg()
        == network([[[1, 2], [3, 4]]], units=[[0, 0], [0, 0]]).to_svg()
    )
    assert "99" not in texts(network([[[1, 99], [2, 99]], [[3, 4, 99]]]))


def test_numbers_are_written_in_the_units_and_on_the_edges():
    figure = network([[[0.25, -1.5]]], units=[[3, -4], [0.125]], title="Weights")
    words = texts(figure)
    assert {"0.25", "−1.5", "3", "−4", "0.125", "Weights", "inputs", "outputs", "positive", "negative"} <= set(words)


def test_units_are_colored_by_sign_and_size_inputs_by_themselves():
    figure = network([[[1, 1, 1], [1, 1, 1], [1, 1, 1]]], units=[[100, -100, 1], [0.1, -0.02, NAN]])
    assert [fill for *_, fill in circles(figure)] == [STEPS[6], STEPS[0], STEPS[4], STEPS[6], STEPS[1], UNKNOWN]


def test_many_edges_have_no_numbers_and_are_told_as_a_range():
    figure = network([[[j - k / 10 for j in range(5)] for k in range(4)]])
    assert set(texts(figure)) == {"inputs", "outputs", "positive", "negative", "±4"}
    assert figure.details == "inputs to outputs: 20 edges from −0.3 to 4."


def test_what_is_shown_is_told():
    figure = network([[[0.5, -1]], [[2]]], units=[[1, 2], None, [3]], names=["x", "h", "y"])
    assert figure.details == "x: 1, 2. y: 3. x to h: from 1 to 1 0.5, from 2 to 1 −1. h to y: from 1 to 1 2."


def test_numbers_may_be_values_and_arrays():
    numpy = pytest.importorskip("numpy")
    expected = network([[[1.0, 2.0]]], units=[[1.0, 2.0], [3.0]]).to_svg()
    assert network([[[Value(1.0), 2]]], units=[[1, Value(2.0)], [Value(3.0)]]).to_svg() == expected
    assert network([numpy.array([[1.0, 2.0]])], units=[numpy.array([1, 2]), numpy.array([3.0])]).to_svg() == expected


numbers = st.lists(st.floats(), min_size=6, max_size=6)


@given(numbers, numbers)
def test_any_numbers_make_a_picture_of_which_no_word_leaves_its_circle(some, others):
    figure = network([[some[:3], some[3:]]], units=[others[:3], others[3:5]])
    root = parsed(figure)
    for path in root.iter(f"{NAME}path"):
        assert re.fullmatch(r"[MLHVhvlaz\d. -]+", path.get("d"))
    assert len(drawn_edges(figure)) == 6
    assert short(others[0]) in figure.details


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: network(3), TypeError, "edges must be a list of layers"),
        (lambda: network([3]), TypeError, "got 3 as layer 0"),
        (lambda: network([[3]]), TypeError, "edges[0][0] must be a list of numbers, got 3"),
        (lambda: network([[["a"]]]), TypeError, "expected a real number, got 'a'"),
        (lambda: network([]), ValueError, "none empty, got []"),
        (lambda: network([[]]), ValueError, "none empty, got [[]]"),
        (lambda: network([[[]]]), ValueError, "from 1 to 40 units in a layer, got layers of [0, 1]"),
        (lambda: network([[[1]]] * 8), ValueError, "from 1 to 7 of them"),
        (lambda: network([[[1, 2], [1]]]), ValueError, "edges[0][1] must have a number for each of 2 units of layer 0"),
        (lambda: network([[[1]], [[1, 2, 3]]]), ValueError, "edges[1][0] must have a number for each of 1 unit"),
        (lambda: network([[[1] * 50]]), ValueError, "from 1 to 40 units"),
        (lambda: network([[[1] * 40] * 40]), ValueError, "up to 1000 edges, got 1600"),
        (lambda: network([[[1]]], units=3), TypeError, "units must be a list of numbers for each layer, got 3"),
        (lambda: network([[[1]]], units=[[1]]), ValueError, "a list for each of 2 layers, inputs first, got 1"),
        (lambda: network([[[1]]], units=[[1], [1, 2]]), ValueError, "units[1] must have 1 number, one for each unit"),
        (lambda: network([[[1]]], units=[[1], 2]), TypeError, "units[1] must be a list of numbers, got 2"),
        (lambda: network([[[1]]], names="ab"), ValueError, "names must name each of 2 layers, got 'ab'"),
    ],
    ids=lambda thing: thing if isinstance(thing, str) else "",
)
def test_what_is_no_network_gets_one_sentence(call, error, words):
    with pytest.raises(error) as raised:
        call()
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


# ---------------------------------------------------------------------- in a notebook


def test_a_notebook_that_is_not_trusted_shows_the_same_picture_as_an_image():
    figure = network([[[0.5, -1.0]]], title='a "quoted" <title>')
    bundle = figure._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/svg+xml", "text/plain"}
    assert bundle["image/svg+xml"] == figure.to_svg() and bundle["text/plain"] == repr(figure)
    image = ElementTree.fromstring(bundle["text/html"].replace('">', '"/>'))
    assert image.tag == "img" and image.get("alt").startswith(figure.summary)
    kind, _, data = image.get("src").partition(",")
    assert kind == "data:image/svg+xml;base64" and base64.b64decode(data).decode() == figure.to_svg()
    assert json.dumps(bundle) == json.dumps(figure._repr_mimebundle_())


def test_a_large_picture_is_in_an_output_once():
    weights = [[[math.sin(9 * j + k) for j in range(30)] for k in range(30)]]
    large = curve([[math.sin(k * k) for k in range(3000)]] * 12)
    assert len(large.to_svg()) > 40_000
    assert set(large._repr_mimebundle_()) == {"image/svg+xml", "text/plain"}
    assert len(network(weights).to_svg()) < 40_000


def test_a_notebook_may_ask_for_some_forms_only():
    figure = curve(abs)
    assert set(figure._repr_mimebundle_(include=["text/plain", "text/html"])) == {"text/plain", "text/html"}
    assert set(figure._repr_mimebundle_(exclude=["text/html"])) == {"image/svg+xml", "text/plain"}
