"""The mode Train: gradient descent, with the numbers of nn's own optimizer."""

from __future__ import annotations

import math
import random

import pytest
from charts import Chart
from graphs import fan_out, named, neuron, number, page
from test_nudging import data

from autograd import Value, capture_source, step_through
from autograd.stepper.page import page_of
from nn import MLP
from nn.optim import SGD


def parabola():
    """Its lowest point is 3, and each step leaves 1 - 2 rate of the way to it."""
    x = Value(5.0, "x")
    return named("L", (x - 3.0) ** 2)


def network():
    """A small network on one example: nine parameters, two inputs and a target."""
    random.seed(1)
    model = MLP(2, [2, 1])
    x, y, target = Value(0.5, "x"), Value(-1.0, "y"), Value(0.75, "target")
    with capture_source(model) as capture:
        loss = (model([x, y]) - target) ** 2
    return model, (x, y, target), loss, capture


def enter(view, rate=None, momentum=False):
    view.click(".mode[data-mode=train]")
    if rate is not None:
        view.fill(".train .rate", str(rate))
        view.press(".train .rate", "Enter")
    if momentum:
        view.check(".train .momentum")


def status(view):
    return view.locator(".train .status").text_content()


def losses(view, *, log=False):
    return [y for _, y in Chart(view, ".train", log=log).line("curve")]


# ---------------------------------------------------------------------- numbers


@pytest.mark.parametrize("rate", [0.05, 0.45, 0.9, 1.1])
def test_a_parabola_is_descended_as_the_formula_says(show, rate):
    view = show(page(parabola()), reduced_motion="reduce")
    enter(view, rate)
    for step in range(1, 6):
        view.click(".train .step")
        x = 3 + 2 * (1 - 2 * rate) ** step
        assert data(view)[0] == pytest.approx(x, rel=1e-12)
        assert data(view)[-1] == pytest.approx((x - 3) ** 2, rel=1e-9)


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_twenty_steps_of_a_parabola_with_momentum_are_the_recurrence(show, momentum):
    view = show(page(parabola()), reduced_motion="reduce")
    enter(view, 0.02, bool(momentum))
    view.click(".train .run")
    x, velocity = 5.0, 0.0
    for _ in range(20):
        velocity = momentum * velocity + 2 * (x - 3)
        x -= 0.02 * velocity
    assert data(view)[0] == pytest.approx(x, rel=1e-12)


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_twenty_steps_are_those_of_the_optimizer(show, momentum):
    model, (x, y, target), loss, capture = network()
    trace = step_through(loss, capture=capture)
    names = {parameter: name for name, parameter in model.named_parameters()}
    view = show(page_of(trace), reduced_motion="reduce")
    enter(view, 0.3, bool(momentum))
    view.click(".train .run")
    optimizer = SGD(model.parameters(), lr=0.3, momentum=momentum)
    expected = [loss.data]
    for _ in range(20):
        optimizer.zero_grad()
        ((model([x, y]) - target) ** 2).backward()
        optimizer.step()
        expected.append(((model([x, y]) - target) ** 2).data)
    shown = dict(zip([node.name for node in trace.nodes], data(view), strict=True))
    assert {name: shown[name] for name in names.values()} == pytest.approx(
        {name: parameter.data for parameter, name in names.items()}, rel=1e-10
    )
    assert [shown["x"], shown["y"], shown["target"]] == [0.5, -1.0, 0.75]
    assert data(view)[-1] == pytest.approx(expected[-1], rel=1e-7)
    for a, b in zip(losses(view, log=max(expected) / min(expected) > 100), expected, strict=True):
        assert a == pytest.approx(b, rel=0.005, abs=0.01 * max(expected))


@pytest.mark.parametrize("momentum", [False, True])
def test_the_number_above_a_card_is_where_the_next_step_leads(show, momentum):
    view = show(page(parabola()), reduced_motion="reduce")
    enter(view, 0.1, momentum)
    for _ in range(3):
        note = view.locator(".change").text_content()
        view.click(".train .step")
        assert number(note.removeprefix("→ ")) == pytest.approx(data(view)[0], rel=5e-3)


# ---------------------------------------------------------------------- what moves


def test_parameters_have_a_tick_and_other_inputs_none(show):
    _, _, loss, capture = network()
    view = show(page_of(step_through(loss, capture=capture)))
    enter(view)
    assert view.locator(".tick").count() == 12
    assert view.locator(".tick.set").count() == 9
    assert view.locator(".train .tiles summary").text_content() == "Which values move: 9 of 12"


def test_without_parameters_all_inputs_have_a_tick(show):
    view = show(page(neuron()))
    enter(view)
    assert view.locator(".tick.set").count() == 5


def test_only_ticked_values_move(show):
    trace = step_through(fan_out())
    view = show(page(fan_out()), reduced_motion="reduce")
    enter(view, 0.01)
    view.click('.node[id$="-node-0"] > rect')  # a, on its card
    assert view.locator(".tick.set").count() == 1
    view.click(".train .step")
    a, b = (node for node in trace.nodes if not node.op)
    assert data(view)[:2] == [a.data, pytest.approx(b.data - 0.01 * b.grad, rel=1e-12)]
    view.click(".train .tiles summary")
    view.get_by_label("b", exact=False).and_(view.locator(".tile input")).uncheck()
    assert status(view) == "Tick what may move."
    assert view.locator(".train .step").is_disabled()
    view.click(".train .all")
    assert view.locator(".tile input:checked").count() == 2


def test_tiles_show_values_and_gradients(show):
    trace = step_through(neuron())
    view = show(page(neuron()), reduced_motion="reduce")
    enter(view)
    view.click(".train .tiles summary")
    leaves = [node for node in trace.nodes if not node.op]
    tiles = view.locator(".tile")
    assert tiles.locator("bdi").all_text_contents() == [node.name for node in leaves]
    for kind, expected in [("value", [x.data for x in leaves]), ("gradient", [x.grad for x in leaves])]:
        figures = [number(text) for text in tiles.locator(f".{kind} .figure").all_text_contents()]
        assert figures == pytest.approx(expected, rel=1e-3)
        sides = tiles.locator(f".{kind} i").evaluate_all(
            "(bars) => bars.map((bar) => (parseFloat(bar.style.left) < 50 ? -1 : 1) * parseFloat(bar.style.width))"
        )
        largest = max(map(abs, expected))
        assert sides == pytest.approx([50 * x / largest for x in expected], abs=1e-3)


def test_many_leaves_are_tiles_from_the_start(show):
    xs = [Value(0.1 * i, f"x{i}") for i in range(300)]
    view = show(page(named("y", sum((x * x for x in xs[1:]), xs[0]))), reduced_motion="reduce")
    enter(view)
    assert view.locator(".tile").count() == 200
    assert view.locator(".train .more").text_content() == "… and 100 more"


# ---------------------------------------------------------------------- how it goes


def test_it_is_said_how_it_goes(show):
    view = show(page(parabola()), reduced_motion="reduce")
    enter(view, 0.1)
    assert status(view) == ""
    view.click(".train .step")
    assert status(view) == "▼ Below the start after 1 step."
    view.fill(".train .rate", "1.5")
    view.press(".train .rate", "Enter")
    view.click(".train .step")
    assert status(view) == "▲ Up: the step was too long."
    view.click(".train .run")
    assert status(view) == "▲ Overshooting: try a smaller rate."
    assert Chart(view, ".train", log=True).up[1] > 1e6
    view.click(".train .again")
    assert (status(view), data(view)[0]) == ("", 5.0)
    assert view.locator(".train .again").is_disabled()


def test_without_a_lowest_point_it_falls_for_ever(show):
    view = show(page(named("L", Value(2.0, "x") * Value(3.0, "w"))), reduced_motion="reduce")
    enter(view, 0.5)
    view.click(".train .run")
    assert status(view) == "▼ It falls for ever: there is no lowest point."


def test_a_loss_that_is_no_number_ends_it(show):
    view = show(page(named("L", Value(1.0, "x").log())), reduced_motion="reduce")
    enter(view, 2)
    view.click(".train .run")
    assert status(view) == "▲ Not a number any more: start over with a smaller rate."
    assert math.isnan(data(view)[-1])
    assert view.locator(".train .step").is_disabled()
    view.click(".train .again")
    assert not view.locator(".train .step").is_disabled()


def test_a_gradient_of_zero_moves_nothing(show):
    view = show(page(named("L", Value(-1.0, "x").relu())), reduced_motion="reduce")
    enter(view)
    view.click(".train .step")
    assert status(view) == "It stays the same: nothing that is ticked moves it."


@pytest.mark.parametrize("text", ["fast", "0", "−1", "inf", "1,000"])
def test_a_rate_that_is_none_is_marked(show, text):
    view = show(page(parabola()), reduced_motion="reduce")
    enter(view, text)
    assert view.locator(".train .rate").get_attribute("aria-invalid") == "true"
    assert view.locator(".train .complaint").text_content().startswith(f"“{text}” is no rate")
    view.click(".train .step")
    assert data(view)[0] == pytest.approx(5 - 0.05 * 4)


def test_the_slider_of_the_rate_is_logarithmic(show):
    view = show(page(parabola()))
    enter(view, 0.01)
    slider = view.locator(".train .slide")
    assert float(slider.input_value()) == pytest.approx(-2)
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
    assert number(view.locator(".train .rate").input_value()) == pytest.approx(0.1)


def test_losses_of_different_sizes_are_on_a_logarithmic_axis(show):
    view = show(page(parabola()), reduced_motion="reduce")
    enter(view, 0.2)
    view.click(".train .step")
    assert "(log)" not in view.locator(".train .chart").text_content()
    assert losses(view) == pytest.approx([4, 1.44], abs=0.02)
    view.click(".train .run")
    assert "(log)" in view.locator(".train .chart").text_content()
    assert losses(view, log=True) == pytest.approx([4 * 0.6 ** (2 * step) for step in range(22)], rel=0.01)
    label = view.locator(".train .chart").get_attribute("aria-label")
    assert label.startswith("L after each step, on a logarithmic scale: 4 at the start, 1.925e−09 after 21 steps")


@pytest.mark.parametrize("width", [390, 640, 1280])
def test_no_number_of_the_chart_is_cut(show, width):
    view = show(page(named("L", Value(-2.0, "x") * Value(3.0, "w"))), reduced_motion="reduce", width=width)
    enter(view, 0.5)
    view.click(".train .run")
    outside = """(chart) => [...chart.querySelectorAll("text")].filter((text) => {
        const [own, whole] = [text, chart].map((part) => part.getBoundingClientRect());
        return own.left < whole.left - 1 || own.right > whole.right + 1;
    }).map((text) => text.textContent)"""
    assert "e+" in view.locator(".train .chart").text_content()
    assert view.locator(".train .chart").evaluate(outside) == []


def test_an_edited_input_begins_anew(show):
    view = show(page(neuron()), reduced_motion="reduce")
    enter(view)
    view.click(".train .step")
    view.locator(".leaf input").first.fill("1")
    view.locator(".leaf input").first.press("Enter")
    assert len(losses(view)) == 1
    view.click(".train .step")
    assert len(losses(view)) == 2
    view.click(".train .again")
    assert data(view)[0] == 1.0


# ---------------------------------------------------------------------- motion


def test_values_travel(show):
    view = show(page(parabola()))
    enter(view, 0.4)
    card = view.locator('.node[id$="-node-0"] > .data')
    seen = card.evaluate("""(card) => new Promise((done) => {
        document.querySelector(".train .step").click();
        const seen = [card.textContent];
        const start = performance.now();
        const look = () => {
            seen.push(card.textContent);
            if (performance.now() - start < 800) { requestAnimationFrame(look); } else { done(seen); }
        };
        requestAnimationFrame(look);
    })""")
    assert (seen[0], number(seen[-1])) == ("5", pytest.approx(3.4))
    assert any(3.4 < number(text) < 5 for text in seen)
    assert [number(text) for text in seen] == sorted(map(number, seen), reverse=True)
    view.evaluate("document.querySelector('.train .step').click()")
    view.click(".mode[data-mode=watch]")
    assert number(card.text_content()) == pytest.approx(data(view)[0])


def test_a_run_goes_on_step_by_step_until_it_is_stopped(show):
    view = show(page(parabola()))
    enter(view, 0.05)
    view.click(".train .run")
    assert view.locator(".train .run").text_content() == "Stop"
    view.wait_for_timeout(500)
    view.click(".train .run")
    assert view.locator(".train .run").text_content() == "20 steps"
    taken = len(losses(view)) - 1
    assert 1 < taken < 20
    view.wait_for_timeout(300)
    assert len(losses(view)) - 1 == taken
    view.click(".train .run")
    view.click(".mode[data-mode=watch]")
    x = data(view)[0]
    view.wait_for_timeout(300)
    assert data(view)[0] == x
