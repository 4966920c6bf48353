"""The animated picture: its text, its numbers and their order, and that nothing lies on anything else."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from itertools import combinations

import pytest
from hypothesis import given, settings, strategies as st
from oracles.graphs import HOSTILE, graphs
from processes import outputs_of_two_runs

import autograd
from autograd import Value, step_through
from autograd.drawing.layout import Box
from autograd.stepper import shapes
from autograd.stepper.animation import BACKWARD, animation_of
from autograd.stepper.scene import Scene
from autograd.stepper.style import DARK, LIGHT
from autograd.stepper.svg import NAMESPACE
from autograd.stepper.timeline import LAP, Timeline
from autograd.testing.programs import graphs as random_graphs
from autograd.trace.trace import MAX_ANIMATED
from stepgrad.demo_page import classic_neuron

TRACED = {name: root for name, root in graphs() if "hand" not in name}


def product_of_a_sum():
    a, b, c, f = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c"), Value(-2.0, "f")
    return (a * b + c) * f


def fan_out():
    a, b = Value(2.0, "a"), Value(-1.5, "b")
    c = a * b
    return (c + a) * c - c.tanh()


def long_numbers():
    x, w, b = Value(-0.123456789, "x"), Value(-1234.5678, "w"), Value(-1e-7, "b")
    return ((x * w).tanh() * -0.98765 + b) * Value(-0.44444, "u")


def long_names():
    a, b = Value(-0.7071, "layers.0.neurons.3.weight[12]"), Value(2.25, "a name that is longer than all the others")
    return (a * b).softplus()


def difference():
    return Value(2.0, "a") - Value(5.0, "b")


LOOKED_AT = [classic_neuron, product_of_a_sum, fan_out, long_numbers, long_names, difference]


def parse(svg):
    return ElementTree.fromstring(svg.replace(f'xmlns="{NAMESPACE}" ', ""))


def lines(svg, kind):
    """The texts in shapes of a kind: the content of each text that follows one."""
    found = []
    for group in parse(svg).iter("g"):
        children = list(group)
        if children and kind in (children[0].get("class") or "").split():
            found.append(" ".join("".join(text.itertext()) for text in group.iter("text")))
    return found


# ---------------------------------------------------------------------- the text


@pytest.mark.parametrize("name", TRACED)
def test_it_is_a_picture_and_refers_to_nothing(name):
    svg = animation_of(step_through(TRACED[name]))
    assert {element.tag for element in parse(svg).iter()} <= {
        *("svg", "title", "style", "g", "rect", "path", "polygon", "text", "tspan")
    }
    assert not re.search(r"href|url\(|@import|<script| on\w+=|https?:", svg.replace(NAMESPACE, ""))


def test_a_neuron_takes_at_most_60_kilobytes():
    assert len(step_through(classic_neuron()).to_animation().encode()) < 60_000


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_remain_text(label):
    check_name(label)


@settings(deadline=None, max_examples=50)
@given(label=st.text(max_size=60))
def test_any_name_remains_text(label):
    check_name(label)


def check_name(label):
    trace = step_through(Value(1.0, label) * 2.0)
    root = parse(animation_of(trace))
    names = ["".join(text.itertext()) for text in root.iter("text") if "name" in text.get("class", "").split()]
    assert names == [shapes.short(node.name) for node in trace.nodes]
    assert all(len(name) <= shapes.NAME_LENGTH for name in names)
    assert not {element.tag for element in root.iter()} - {
        *("svg", "title", "style", "g", "rect", "path"),
        *("polygon", "text", "tspan"),
    }


@pytest.mark.native
def test_two_runs_give_the_same_bytes():
    program = "from autograd import *; x = Value(2.0); y = x.tanh() * x; print(step_through(y).to_animation())"
    assert len(outputs_of_two_runs(program)) == 1


def test_it_is_saved_as_it_is(tmp_path):
    trace = step_through(difference())
    trace.save_animation(tmp_path / "d.svg", seconds_per_step=2)
    assert (tmp_path / "d.svg").read_text(encoding="utf-8") == trace.to_animation(seconds_per_step=2)


# ---------------------------------------------------------------------- the numbers


def test_the_numbers_are_those_of_the_backward_pass():
    out = classic_neuron()
    svg = step_through(out).to_animation()
    out.backward()
    nodes = {value.label: value for value in autograd.topological_order(out)}
    cards = [
        group for group in parse(svg).iter("g") if any(text.get("class") == "name" for text in group.findall("text"))
    ]
    assert len(cards) == len(nodes)
    for card in cards:
        name = next("".join(text.itertext()) for text in card.findall("text") if text.get("class") == "name")
        numbers = [text.text for text in card.iter("text") if text.get("class") == "value"]
        *_, gradient, value = [float(number.replace("−", "-")) for number in numbers]
        assert value == pytest.approx(nodes[name].data, rel=1e-3)
        assert gradient == pytest.approx(nodes[name].grad, rel=1e-3)


def test_products_and_sums_are_shown_in_the_order_of_the_backward_pass():
    """a*a + a at 3: dy/da = 1, then 1 * 3 twice."""
    a = Value(3.0, "a")
    svg = step_through(a * a + a).to_animation()
    pills = [text for text in lines(svg, "pill") if "=" in text]
    assert pills == ["3 × 3 = 9", "9 + 3 = 12", "1 × 1 = 1", "1 × 1 = 1", "1 × 3 = 3", "1 × 3 = 3"]
    sums = sorted(text for text in lines(svg, "sum") if "=" in text)
    assert sums == ["0 + 1 = 1", "0 + 1 = 1", "1 + 3 = 4", "4 + 3 = 7"]
    assert {"1 of 3 1", "2 of 3 4", "grad 7"} <= set(lines(svg, "drawer"))
    assert lines(svg, "tag") == ["×1", "×1", "×3", "×3"]


def test_a_constant_operand_takes_part_and_gets_no_gradient():
    svg = step_through(Value(3.0, "x") ** 2).to_animation()
    assert [text for text in lines(svg, "pill") if "=" in text] == ["3² = 9", "1 × 6 = 6"]


def test_where_nothing_passes_the_edge_is_dotted():
    svg = step_through(Value(2.0, "x") * Value(0.0, "w")).to_animation()
    assert svg.count('<path class="nothing"') == 1


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, -0.0, 1e300, 5e-324, 123456.7, -0.05])
def test_any_number_is_drawn(number):
    root = parse(step_through(Value(number, "x") * 2.0).to_animation())
    values = [text.text.replace("−", "-") for text in root.iter("text") if text.get("class") == "value"]
    assert any(float(value) == pytest.approx(number, rel=1e-2, abs=0.0, nan_ok=True) for value in values)
    places = [element.get(name) for element in root.iter() for name in ("x", "y", "width", "height", "rx")]
    assert all(math.isfinite(float(place)) for place in places if place)


# ---------------------------------------------------------------------- too large, too fast


def test_a_graph_too_large_is_refused_with_what_to_do(tmp_path):
    x = y = Value(1.0, "x")
    for _ in range(MAX_ANIMATED // 2):
        y = y + x
    assert step_through(y).to_animation().endswith("</svg>\n")
    trace = step_through(y.tanh())
    message = f"up to {MAX_ANIMATED} edges are possible, here are {MAX_ANIMATED + 1}; take a trace of a smaller part"
    for write in (trace.to_animation, lambda: trace.save_animation(tmp_path / "y.svg")):
        with pytest.raises(ValueError, match=message):
            write()
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("wrong", [0, -1.0, 0.01, 1e9, math.inf, math.nan])
def test_seconds_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=r"seconds_per_step must be from 0\.1 to 100 seconds, got"):
        step_through(difference()).to_animation(seconds_per_step=wrong)


def test_seconds_that_are_no_number_are_refused():
    with pytest.raises(TypeError, match="expected a real number, got 'slow'"):
        step_through(difference()).to_animation(seconds_per_step="slow")


def test_a_step_takes_as_long_as_is_asked():
    def seconds(steps, pace):
        """How long the picture of a chain runs."""
        y = Value(0.5, "x")
        for _ in range(steps):
            y = y.tanh()
        svg = step_through(y).to_animation(seconds_per_step=pace)
        return float(re.search(r"animation:([\d.]+)s", svg)[1])

    for pace in (1.0, 5.0):
        forward = 1.7 / BACKWARD * pace  # each link of the chain is one step of each pass
        assert seconds(3, pace) - seconds(2, pace) == pytest.approx(pace + forward, abs=0.01)


# ---------------------------------------------------------------------- times


@settings(deadline=None)
@given(times=st.lists(st.integers(0, 200), min_size=2, max_size=8, unique=True))
def test_what_is_shown_is_seen_in_its_spans_and_at_no_other_time(times):
    length = 20.0
    moments = [time / 10 for time in sorted(times)]
    spans = list(zip(moments[::2], moments[1::2], strict=False))
    timeline = Timeline(length, seconds=30.0)
    name, delay = timeline.shown(*spans).split()
    rules = "".join(timeline.rules())
    keyframes = re.search(rf"@keyframes {name}{{(.*?)}}}}", rules)[1] + "}"
    states = [(float(time) / 100, float(value)) for time, value in re.findall(r"([\d.]+)%{opacity:(\d)}", keyframes)]
    late = float(re.search(rf"\.{delay}{{animation-delay:(.*?)s}}", rules)[1]) / 30.0
    for time in range(1, 200):
        moment = time / 10 + 0.05
        progress = (moment / length - late) % 1.0
        seen = [value for start, value in states if start <= progress][-1]
        assert bool(seen) == any(start <= moment < end for start, end in spans)
    # Where nothing moves, the picture is that of the end.
    assert (f".{name}{{animation-name:{name};opacity:0}}" in rules) == (spans[-1][1] < length)
    assert LAP < 0.05


# ---------------------------------------------------------------------- places


def apart(boxes):
    return not [
        (a, b)
        for a, b in combinations(boxes, 2)
        if min(a.right, b.right) - max(a.x, b.x) > 0.5 and min(bottom(a), bottom(b)) - max(a.y, b.y) > 0.5
    ]


def bottom(box):
    return box.y + box.height


def standing(scene):
    """Cards with their drawers and operations, and constants."""
    cards = [
        Box(card.x - shapes.overhang(node), card.y, card.width + shapes.overhang(node), card.height + 34)
        for node, card in zip(scene.nodes, scene.cards.values(), strict=True)
    ]
    return [*cards, *scene.constants.values()]


@settings(deadline=None, max_examples=30)
@given(graph=random_graphs())
def test_cards_lie_apart_in_the_picture(graph):
    trace = step_through(graph.root)
    if sum(len(node.operands) for node in trace.nodes) <= MAX_ANIMATED:
        scene = Scene(trace)
        assert apart(standing(scene))
        x, y, width, height = map(float, parse(animation_of(trace)).get("viewBox").split())
        for box in [*standing(scene), *scene.tags.values()]:
            assert x < box.x and box.right < x + width and y < box.y and bottom(box) < y + height


@pytest.mark.parametrize("make", LOOKED_AT)
def test_no_tag_and_no_product_hides_a_card_or_a_tag(make):
    trace = step_through(make())
    scene = Scene(trace)
    fixed = [*standing(scene), *scene.tags.values()]
    assert apart(fixed)
    for step in trace.steps:
        width, height = 170.0, 34.0
        x, y = scene.beside(step, (width, height), scene.width)
        pill = Box(x - width / 2, y - height / 2, width, height)
        own = scene.tags[step.node.position, step.slot]  # not shown while its number is in the pill
        for box in fixed:
            assert box == own or apart([pill, box]), (step.number, box)


@pytest.mark.parametrize("make", LOOKED_AT)
def test_what_stands_on_a_card_has_room(make):
    for node in step_through(make()).nodes:
        width = shapes.card_width(node)
        name, value = (parse(part(node, width)) for part in (shapes.name, shapes.value))
        end_of_name = float(name.get("x")) + shapes.text_width("".join(name.itertext()), float(name.get("font-size")))
        start_of_value = float(value.get("x")) - shapes.text_width(value.text, float(value.get("font-size")))
        assert 0 < end_of_name < start_of_value < float(value.get("x")) < width


def test_an_edge_is_straight_whatever_constant_is_beside_it():
    """The constant 0.0 is not taken for the node at position 0."""
    paths = [Scene(step_through(Value(2.0, "a") + constant)).curves[1, 0].path for constant in (0.0, 1.0)]
    assert paths[0] == paths[1]


def test_two_edges_between_the_same_cards_are_apart():
    a = Value(3.0, "a")
    scene = Scene(step_through(a * a))
    first, second = (scene.curves[1, slot].dots for slot in (0, 1))
    assert all(upper[1] + 10 < lower[1] for upper, lower in zip(first, second, strict=True))


# ---------------------------------------------------------------------- colors


def luminance(color):
    """Relative luminance (WCAG 2.2)."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_and_lines_stand_out_from_their_ground(colors):
    texts = [
        ("ink", "paper"),
        ("ink", "raised"),
        ("now", "paper"),
        ("on_now", "now"),
        ("local", "paper"),
        ("local", "local_fill"),
    ]
    texts += [(letters, f"{sign}_fill") for sign in ("positive", "negative", "zero") for letters in ("ink", "soft")]
    for letters, ground in [*texts, ("soft", "paper")]:
        assert contrast(colors[letters], colors[ground]) >= 4.5, (letters, ground)
    lines = [
        ("edge", "paper"),
        ("now", "paper"),
        ("wrong", "paper"),
        ("positive", "positive_fill"),
        ("negative", "negative_fill"),
    ]
    for line, ground in lines:
        assert contrast(colors[line], colors[ground]) >= 2.95, (line, ground)
