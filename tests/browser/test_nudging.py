"""The mode Nudge: any node is moved by hand, and what its gradient predicts stands beside what happens."""

from __future__ import annotations

import math

import pytest
from charts import Chart
from graphs import GRAPHS, fan_out, leaf, named, neuron, number, page, special, vectors

import autograd
from autograd import Op, Value, register, step_through, unregister
from autograd.core.ops import TABLE
from autograd.stepper.page import page_of
from autograd.trace.replay import computed


def enter(view, node):
    """Open the mode with a node, chosen in its menu."""
    view.click(".mode[data-mode=nudge]")
    view.select_option(".nudge .held", str(node.position))


def type_in(view, x):
    view.fill(".nudge .value", str(x))
    view.press(".nudge .value", "Enter")


def told(view, row):
    return number(view.locator(f".nudge .{row} b").text_content())


def data(view):
    return [number(text) for text in view.locator("td.data").evaluate_all("(cells) => cells.map((c) => c.title)")]


def grads(view):
    return [number(text) for text in view.locator("td.grad").evaluate_all("(cells) => cells.map((c) => c.title)")]


def node_called(trace, name):
    return next(node for node in trace.nodes if node.name == name)


def held(trace, position, x):
    """All data with a node held at a number: what depends on it is computed again by the table, the rest stays."""
    values, moves = [node.data for node in trace.nodes], {position}
    values[position] = x
    for node in trace.nodes[position + 1 :]:
        if moves.intersection(operand for operand in node.operands if isinstance(operand, int)):
            moves.add(node.position)
            values[node.position] = computed(node, values, TABLE)
    return values


# ---------------------------------------------------------------------- numbers


@pytest.mark.parametrize("make", [neuron, fan_out, vectors, leaf])
@pytest.mark.parametrize("by", [0.001, -0.75])
def test_any_node_is_nudged_and_its_gradient_predicts_what_happens(show, make, by):
    trace = step_through(make())
    view = show(page(make()))
    for node in trace.nodes:
        enter(view, node)
        type_in(view, node.data + by)
        expected = held(trace, node.position, node.data + by)
        assert data(view) == pytest.approx(expected, rel=1e-12)
        assert grads(view) == pytest.approx([other.grad for other in trace.nodes], rel=1e-12)
        assert told(view, "predicted") == pytest.approx(node.grad * by, rel=6e-4, abs=1e-12)
        assert told(view, "actual") == pytest.approx(expected[-1] - trace.nodes[-1].data, rel=6e-4, abs=1e-12)


def test_what_does_not_depend_on_the_node_keeps_its_number_to_the_last_bit(show):
    x, y = Value(0.1, "x"), Value(0.7, "y")
    trace = step_through(named("z", x.exp().tanh() * y.sin()))
    view = show(page_of(trace))
    view.click(".mode[data-mode=nudge]")
    node = node_called(trace, "y")
    enter(view, node)
    type_in(view, 5)
    still = [other for other in trace.nodes if other.name not in ("y", "z") and other.expression != "sin(y)"]
    assert [data(view)[other.position] for other in still] == [other.data for other in still]


@pytest.mark.parametrize(
    ("by", "verdict"), [(0.001, "they agree"), (0.08, "they begin to part"), (-3.0, "they part: the curve bends")]
)
def test_it_is_said_how_far_the_prediction_holds(show, by, verdict):
    trace = step_through(neuron())
    view = show(page(neuron()))
    enter(view, node_called(trace, "x1"))
    type_in(view, 2.0 + by)
    assert view.locator(".narration").text_content().endswith(f"; {verdict}.")


def test_the_bars_are_as_long_as_the_changes(show):
    trace = step_through(neuron())
    view = show(page(neuron()))
    enter(view, node_called(trace, "w1"))
    type_in(view, -2.5)
    widths = [view.locator(f".nudge .{row} i").bounding_box()["width"] for row in ("predicted", "actual")]
    assert widths[1] / widths[0] == pytest.approx(told(view, "actual") / told(view, "predicted"), rel=0.02)
    assert told(view, "predicted") > told(view, "actual") > 0


# ---------------------------------------------------------------------- the curve


CURVES = {
    "tanh": lambda x: (x * -3.0 + 7.0).tanh(),
    "square": lambda x: (x - 1.0) ** 2,
    "pole": lambda x: 1.0 / (x - 2.5),
    "sqrt": lambda x: x.sqrt() * 2.0,
}


def on_floats(function, x):
    try:
        return function(Value(x)).data
    except (ValueError, ZeroDivisionError):
        return math.nan


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("by", [0.25, -1.5, 7.0])
def test_the_curve_and_its_tangent_go_through_the_points_that_they_should(show, name, by):
    function = CURVES[name]
    start = 2.0
    trace = step_through(named("y", function(Value(start, "x"))))
    y, slope = trace.nodes[-1].data, node_called(trace, "x").grad
    view = show(page_of(trace))
    enter(view, node_called(trace, "x"))
    type_in(view, start + by)
    chart = Chart(view, ".nudge")
    assert chart.low <= start + by <= chart.high
    there = [on_floats(function, chart.low + (chart.high - chart.low) * i / 120) for i in range(121)]
    there = [x for x in there if not math.isnan(x)]
    points = chart.line("curve")
    assert len(points) == len(there)
    low, high = chart.up
    far = 1000 * (high - low)
    for (_, shown), right in zip(points, there, strict=True):
        if abs(right) < far:
            assert shown == pytest.approx(right, abs=chart.tolerance + 1e-9 * abs(right))
    assert sum(low <= right <= high for right in there) > 0.7 * len(there)
    (x0, y0), (x1, y1) = chart.line("tangent")
    assert (y1 - y0) / (x1 - x0) == pytest.approx(slope, rel=2e-3)
    assert y0 + slope * (start - x0) == pytest.approx(y, abs=2 * chart.tolerance)
    assert chart.point("from") == pytest.approx((start, y), abs=0.01 * (high - low))
    assert chart.point("line")[1] == pytest.approx(y + slope * by, abs=chart.tolerance)
    right = on_floats(function, start + by)
    if math.isnan(right):
        assert view.locator(".nudge .chart .now").count() == 0
    else:
        assert chart.point("now")[1] == pytest.approx(right, abs=chart.tolerance)


def test_the_chart_is_told_in_words(show):
    trace = step_through(neuron())
    view = show(page(neuron()))
    enter(view, node_called(trace, "w1"))
    type_in(view, -2.5)
    label = view.locator(".nudge .chart").get_attribute("aria-label")
    assert label == "out as a function of w1: at w1 = −2.5 the curve is at 0.9546, the tangent at 1.207."


# ---------------------------------------------------------------------- where there is no slope, or no number


@pytest.mark.parametrize(
    ("function", "left", "right"),
    [(Value.relu, "0", "1"), (abs, "−1", "1"), (lambda x: autograd.maximum(x * 3.0, x), "1", "3")],
    ids=["relu", "abs", "max"],
)
def test_at_a_kink_both_slopes_are_told(show, function, left, right):
    view = show(page(named("y", function(Value(0.0, "x")) * 1.0)))
    view.click(".mode[data-mode=nudge]")
    said = view.locator(".nudge .why").text_content()
    assert said.startswith(f"The curve has a corner here: its slope is {left} to the left and {right} to the right.")
    enter(view, step_through(Value(0.0)).nodes[0])
    type_in(view, 0.5)
    assert view.locator(".nudge .why").text_content() == said


def test_at_a_jump_there_is_no_slope(show):
    view = show(page(named("y", autograd.sign(Value(0.0, "x")) * 2.0)))
    view.click(".mode[data-mode=nudge]")
    assert view.locator(".nudge .why").text_content() == "The curve jumps here, so no slope predicts it."


@pytest.mark.parametrize("make", [neuron, fan_out, vectors, leaf])
def test_a_smooth_curve_has_no_kink(show, make):
    view = show(page(make()))
    for node in step_through(make()).nodes:
        enter(view, node)
        assert "curve" not in view.locator(".nudge .why").text_content()


def test_where_there_is_no_number_it_is_said(show):
    trace = step_through(named("y", Value(1.0, "x").log()))
    view = show(page_of(trace))
    enter(view, trace.nodes[0])
    type_in(view, -1)
    assert view.locator(".narration").text_content().endswith("there is no number any more.")
    assert math.isnan(told(view, "actual"))
    assert view.locator(".nudge .chart .now").count() == 0
    type_in(view, 2)
    assert told(view, "actual") == pytest.approx(math.log(2), rel=1e-3)


def test_nan_and_infinite_nodes_are_nudged_like_others(show):
    view = show(page(special()))
    for node in step_through(special()).nodes:
        enter(view, node)
        view.press(".nudge .value", "Escape")
        for text in ("1.5", "nan", "inf", "−0"):
            type_in(view, text)
            assert view.locator(".narration").text_content()


def test_what_the_page_cannot_compute_stays_and_the_reason_is_there(show):
    register(Op("cube", lambda x: math.pow(x, 3), [lambda out, x: 3 * math.pow(x, 2)], domain=[(-2, 2)]))
    try:
        trace = step_through(named("y", Value(2.0, "x").cube() * Value(3.0, "w")))
        view = show(page_of(trace))
    finally:
        unregister("cube")
    enter(view, node_called(trace, "x"))
    why = "x goes into cube, which this page cannot compute. It shows the numbers that were recorded."
    assert view.locator(".nudge .why").text_content() == why
    assert view.locator(".nudge .value").is_disabled()
    view.keyboard.press("ArrowRight")
    assert data(view) == [node.data for node in trace.nodes]
    enter(view, node_called(trace, "w"))
    type_in(view, 4)
    assert told(view, "actual") == 8
    view.click(".mode[data-mode=train]")
    assert view.locator(".tick").count() == 1


# ---------------------------------------------------------------------- by hand


def test_a_result_is_dragged_on_its_card(show):
    trace = step_through(neuron())
    node = node_called(trace, "n")
    view = show(page(neuron()))
    at = view.locator(".slider").input_value()
    box = view.locator(f'.node[id$="-node-{node.position}"] > rect').bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    view.mouse.move(x, y)
    view.mouse.down()
    view.mouse.move(x + 20, y)
    view.mouse.move(x + 40, y)
    view.mouse.up()
    assert view.locator(".mode[data-mode=nudge]").get_attribute("aria-pressed") == "true"
    assert data(view) == pytest.approx(held(trace, node.position, node.data + 0.4), rel=1e-12)
    view.click(".mode[data-mode=watch]")
    assert data(view)[:-1] == [other.data for other in trace.nodes[:-1]]
    assert view.locator(".slider").input_value() == at


def test_a_number_is_typed_on_its_card(show):
    trace = step_through(neuron())
    node = node_called(trace, "v1")
    view = show(page(neuron()))
    view.dblclick(f'.node[id$="-node-{node.position}"] > rect')
    field = view.locator(".on-card")
    assert field.get_attribute("aria-label") == "Value of v1"
    view.keyboard.type("-5.25")
    view.keyboard.press("Enter")
    assert field.is_hidden()
    assert data(view) == pytest.approx(held(trace, node.position, -5.25), rel=1e-12)
    view.keyboard.press("Enter")  # the focus is on the card
    view.keyboard.type("many")
    view.keyboard.press("Enter")
    assert field.get_attribute("aria-invalid") == "true"
    view.keyboard.press("Escape")
    assert field.is_hidden()
    assert told(view, "actual") != 0
    view.keyboard.press("Escape")
    assert data(view) == [other.data for other in trace.nodes]


def test_keys_move_the_number(show):
    trace = step_through(neuron())
    view = show(page(neuron()))
    enter(view, node_called(trace, "w1"))
    view.focus(".handle")
    now = lambda: float(view.locator(".handle").get_attribute("aria-valuenow"))  # noqa: E731
    for key, value in [
        ("ArrowRight", -2.9),
        ("ArrowUp", -2.8),
        ("ArrowLeft", -2.9),
        ("Shift+ArrowDown", -2.91),
        ("PageUp", -1.91),
        ("Escape", -3.0),
    ]:
        view.keyboard.press(key)
        assert now() == value
    view.locator(".stepgrad").focus()
    view.keyboard.press("ArrowUp")
    assert now() == -2.9
    assert view.locator(".handle").get_attribute("aria-valuetext") == "−2.9"


def test_the_change_is_written_on_its_way(show):
    trace = step_through(neuron())
    view = show(page(neuron()))
    enter(view, node_called(trace, "w1"))
    assert view.locator(".change").count() == 0
    type_in(view, -2.5)
    notes = view.locator(".change").evaluate_all("(all) => all.map((e) => [e.parentElement.id, e.textContent])")
    called = {node.position: node.name for node in trace.nodes}
    assert {called[int(place.split("-")[-1])]: text for place, text in notes} == {
        "w1": "+0.5", "v1": "+1", "v3": "+1", "n": "+1", "out": "+0.248",
    }  # fmt: skip
    edges = view.locator(".edge.carries").evaluate_all("(all) => all.map((e) => e.id.split('-').slice(-2).join('-'))")
    assert len(edges) == 4
    view.click(".mode[data-mode=watch]")
    assert view.locator(".change, .carries").count() == 0


def test_back_undoes_and_an_input_goes_on_from_there(show):
    trace = step_through(fan_out())
    view = show(page(fan_out()))
    enter(view, node_called(trace, "c"))
    type_in(view, 2)
    assert view.locator(".nudge .keep").is_hidden()
    assert "only an input can keep a new value" in view.locator(".nudge .why").text_content()
    view.click(".nudge .back")
    assert data(view) == [node.data for node in trace.nodes]
    enter(view, node_called(trace, "a"))
    type_in(view, 2.5)
    view.click(".nudge .keep")
    a, b = 2.5, -3.0
    loss = lambda a: a * b * (a * b + a) + a * b + (a * b + a) ** 2  # noqa: E731
    assert data(view)[-1] == pytest.approx(loss(a))
    assert grads(view)[0] == pytest.approx((loss(a + 1e-6) - loss(a - 1e-6)) / 2e-6, rel=1e-6)
    assert told(view, "actual") == 0
    assert view.locator(".nudge .back").is_disabled()


def test_a_result_out_of_sight_is_at_the_border(show):
    trace = step_through(neuron())
    view = show(page(neuron()), width=390, height=844)
    enter(view, node_called(trace, "w1"))
    for _ in range(4):
        view.click(".zoom-in")
    view.locator(".viewport").evaluate("(part) => part.scrollTo(0, 0)")
    type_in(view, -2.5)
    assert view.locator(".pinned").text_content() == "out = 0.9546 (+0.248)"
    assert view.locator(".pinned").is_visible()
    result = view.locator(f'.node[id$="-node-{len(trace.nodes) - 1}"]')
    result.evaluate("(card) => card.scrollIntoView({ block: 'center', inline: 'center' })")
    view.locator(".pinned").wait_for(state="hidden")
    view.click(".mode[data-mode=watch]")
    assert view.locator(".pinned, .handle, .on-card").evaluate_all("(all) => all.every((e) => e.hidden)")


def test_without_a_bug_in_the_prediction(show):
    trace = step_through(fan_out())
    view = show(page(fan_out()))
    view.select_option(".bugs", "assign")
    enter(view, node_called(trace, "a"))
    assert view.locator(".bugs").is_hidden() and view.locator(".bug").is_hidden()
    assert grads(view) == [node.grad for node in trace.nodes]


# ---------------------------------------------------------------------- for everybody


@pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)
def test_in_chinese_the_modes_speak_chinese(show, make):
    view = show(page_of(step_through(make()), lang="zh"))
    for mode in ("nudge", "train"):
        view.click(f".mode[data-mode={mode}]")
        said = view.locator(f".narration, .panel.{mode}").all_inner_texts()
        assert any("一" <= letter <= "鿿" for letter in said[0])
        assert any("一" <= letter <= "鿿" for letter in said[1])


def test_an_address_leads_to_a_nudge(show):
    view = show(page(fan_out()), drawers=False)
    card = view.locator('.node[id$="-node-0"] > .data')
    view.evaluate("location.hash = '#mode=nudge&marked=d&a=3'")
    view.get_by_text("Drag d sideways").wait_for()
    assert card.text_content() == "3"
    view.evaluate("location.hash = '#mode=nudge&marked=b'")
    view.get_by_text("Drag b sideways").wait_for()
    assert card.text_content() == "2"


def test_an_arrow_moves_the_node_while_the_tab_of_the_mode_has_the_focus(show):
    view = show(page(neuron()))
    view.click(".mode[data-mode=nudge]")
    view.keyboard.press("ArrowRight")
    by = told(view, "predicted") / -1.5
    assert by > 0
    assert number(view.locator(".nudge .value").input_value()) == pytest.approx(2 + by, rel=1e-9)
    view.locator(".mode[data-mode=watch]").press("Enter")  # still what a button does
    assert view.locator(".stepgrad").get_attribute("data-mode") == "watch"
