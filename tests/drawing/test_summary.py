"""Large graphs: summaries, clusters, collapsed boxes, and colors of gradients."""

from __future__ import annotations

import math
import random
import re
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given, settings
from oracles.graphs import HOSTILE, chain, check_label, edges, neuron, texts

import autograd
from autograd import Value, draw
from autograd.drawing.colors import STEPS, UNKNOWN, GradientColors
from autograd.drawing.summary import Survey, summarize
from autograd.testing.programs import graphs as random_graphs
from nn import MLP, Linear, ReLU, Sequential
from nn.functional import cross_entropy


def boxes(picture):
    """The boxes of a drawing that stand for many nodes: their lines by their names."""
    return {
        name: lines.split(r"\n") for name, lines in re.findall(r'^\t+(c\d+) \[label="(.*?)" ', picture.source, re.M)
    }


def loss_of(model, inputs=2):
    """A cross-entropy on one sample, without Values among the inputs."""
    return cross_entropy(model([0.1 * i for i in range(inputs)]), 0)


# ---------------------------------------------------------------------- numbers about a graph


@settings(deadline=None, max_examples=60)
@given(graph=random_graphs())
def test_a_summary_counts_what_is_there(graph):
    order = autograd.topological_order(graph.root)
    found = summarize(graph.root)
    pairs = [(x, node) for node in order for x in node.operands if isinstance(x, Value)]

    def depth(node):
        return max((depth(x) + 1 for x in node.operands if isinstance(x, Value)), default=0)

    assert found.nodes == len(order) and found.leaves == sum(node.is_leaf for node in order)
    assert found.edges == len(pairs) and found.depth == depth(graph.root)
    assert found.fan_out == max((sum(x is tail for tail, _ in pairs) for x in order), default=0)
    assert sum(found.operations.values()) == found.nodes - found.leaves
    # Every node is in one box, and every edge between boxes is counted once.
    drawn = Survey(order).boxes()
    assert sorted(id(node) for box in drawn for node in box.members) == sorted(map(id, order))
    assert sum(count for box in drawn for count in box.entering.values()) == found.edges


def test_a_summary_is_four_lines():
    a = Value(1.0, "a")
    assert str(summarize([a * a + a.exp(), a.exp()])).splitlines() == [
        "5 nodes: 1 leaf and 4 results; 6 edges",
        "depth 2",
        "operations: exp 2, add 1, mul 1",
        "largest fan-out: a, used 4 times",
    ]
    assert str(summarize(Value(1.0))).splitlines()[1:] == [
        "depth 0",
        "operations: none",
        "largest fan-out: none, used 0 times",
    ]


def test_a_hundred_thousand_nodes_are_drawn_as_a_few_boxes():
    picture = draw(chain(100_000))
    shown = texts(picture.svg())
    assert "100,001 nodes: 1 leaf and 100,000 results; 100,000 edges" in shown and "depth 100,000" in shown
    assert len(boxes(picture)) == 13 and "depth 1 to 8,334" in shown and "8,334 × neg" in shown


def test_a_perceptron_is_drawn_by_operation_and_depth():
    random.seed(0)
    shown = boxes(draw(loss_of(MLP(64, [32, 10]), 64)))
    lines = list(shown.values())
    assert ["2,080 leaves"] in lines and ["32 × affine", "depth 1"] in lines and ["32 × relu", "depth 2"] in lines
    assert ["330 leaves"] in lines and ["10 × affine", "depth 3"] in lines


def test_edges_between_boxes_tell_how_many_they_are():
    source = draw(autograd.sum([Value(1.0, "x")] * 1000)).source
    assert "1,000" in source and len(edges(source)) == 1


# ---------------------------------------------------------------------- clusters


@pytest.mark.parametrize("expanded", [False, True])
def test_a_large_model_is_drawn_by_layer(expanded):
    random.seed(0)
    model = MLP(64, [32, 10], expanded=expanded)
    inputs = [Value(0.1, f"x[{i}]") for i in range(64)]
    picture = draw(cross_entropy(model(inputs), 0), clusters=model)
    assert sorted(boxes(picture).values()) == [
        ["64 leaves", "x"],
        ["layers.0: Layer", "32 neurons, 2,080 parameters"],
        ["layers.1: Layer", "10 neurons, 330 parameters"],
    ]
    assert "logsumexp" in texts(picture.svg())


def frames(svg):
    """The titles of the frames of a drawing, as they are seen."""
    root = ElementTree.fromstring(svg)
    return sorted("".join(group.find("{*}text").itertext()) for group in root.iter() if group.get("class") == "cluster")


def test_modules_become_frames_and_collapse_to_boxes():
    random.seed(0)
    model = MLP(2, [2, 1], activation="tanh", expanded=True)
    result = model([Value(1.0, "x1"), Value(2.0, "x2")])
    layers = ["layers.0: Layer", "layers.1: Layer"]
    neurons = ["layers.0.neurons.0: Neuron", "layers.0.neurons.1: Neuron", "layers.1.neurons.0: Neuron"]
    assert frames(draw(result, clusters=model).svg()) == sorted([*layers, *neurons])
    assert frames(draw(result, clusters=model, collapse=2).svg()) == layers
    assert sorted(boxes(draw(result, clusters=model, collapse=2)).values()) == [
        [name, "3 parameters"] for name in neurons
    ]
    picture = draw(result, clusters=model, collapse="layers.0")
    assert list(boxes(picture).values()) == [[layers[0], "2 neurons, 6 parameters"]]
    assert frames(picture.svg()) == sorted([layers[1], neurons[2]])


def named_in_frames(svg):
    """For each frame the first line of each leaf in it, as they are seen: what the frame's area holds."""
    root = ElementTree.fromstring(svg)
    groups = [group for group in root.iter() if group.tag.endswith("}g")]

    def points(group, tag, attribute):
        text = group.find(f"{{*}}{tag}").get(attribute)
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]
        return numbers[::2], numbers[1::2]

    found = {}
    for frame in (group for group in groups if group.get("class") == "cluster"):
        xs, ys = points(frame, "path", "d")
        title = "".join(frame.find("{*}text").itertext())
        inside = []
        for node in (group for group in groups if group.get("class") == "node"):
            words = node.findall("{*}text")
            if not words or "".join(words[0].itertext()).startswith("data"):
                continue
            x, y = float(words[0].get("x")), float(words[0].get("y"))
            if min(xs) < x < max(xs) and min(ys) < y < max(ys):
                inside.append("".join(words[0].itertext()))
        found[title] = sorted(inside)
    return found


def test_parameters_are_named_within_their_frames():
    random.seed(0)
    model = MLP(2, [2, 1], expanded=True)
    result = model([Value(1.0, "x1"), Value(2.0, "x2")])
    inside = named_in_frames(draw(result, clusters=model, style="fused").svg())
    for frame in ("layers.0.neurons.0: Neuron", "layers.0.neurons.1: Neuron", "layers.1.neurons.0: Neuron"):
        assert [name for name in inside[frame] if name[0] in "wb"] == ["b", "w.0", "w.1"]
    layer = Linear(1, 2)
    inside = named_in_frames(draw(layer([Value(1.0, "x")]), clusters=layer).svg())
    assert inside["Linear"][2:] == ["bias.0", "bias.1", "weight.0.0", "weight.1.0"]  # after the numbers of operands


def test_a_label_goes_before_the_name_of_a_parameter():
    layer = Linear(1, 1)
    layer.weight[0][0].label = "slope"
    words = texts(draw(layer([2.0])[0], clusters=layer).svg())
    assert "slope" in words and "bias.0" in words and "weight.0.0" not in words


def test_parameters_of_a_model_that_does_not_name_them_are_drawn_without():
    class Model:
        def __init__(self):
            self.w = Value(2.0)

        def parameters(self):
            return [self.w]

        def named_modules(self):
            return [("", self)]

    model = Model()
    assert "data 2" in texts(draw(model.w * 3.0, clusters=model).svg())


def test_activations_belong_to_the_module_before_them_and_losses_to_none():
    random.seed(0)
    model = Sequential(Linear(2, 3), ReLU(), Linear(3, 2))
    picture = draw(loss_of(model), clusters=model, collapse=1)
    assert sorted(boxes(picture).values()) == [["0: Linear", "9 parameters"], ["2: Linear", "8 parameters"]]
    assert "relu" not in texts(picture.svg()) and "logsumexp" in texts(picture.svg())


def test_a_mapping_groups_the_values_that_it_names():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    product = a * b
    picture = draw(product + 1.0, clusters={"outer": [a], "outer.inner": [[b], product]})
    assert frames(picture.svg()) == ["outer", "outer.inner"]
    collapsed = draw(product + 1.0, clusters={"outer": [a], "outer.inner": [[b], product]}, collapse=["outer"])
    assert list(boxes(collapsed).values()) == [["outer", "2 leaves, 1 result"]]
    assert sum(head == "n3_op" for _, head, _ in edges(collapsed.source)) == 2


def test_labels_with_a_dot_make_clusters_of_a_large_graph():
    x = [Value(1.0) for _ in range(40)]
    for layer in range(4):
        weights = [[Value(0.1, f"layers.{layer}.w") for _ in x] for _ in range(4)]
        x = [autograd.dot(row, x).tanh() for row in weights]
    shown = sorted(boxes(draw(autograd.sum(x))).values())
    assert ["layers.0", "160 leaves, 8 results"] in shown and ["40 leaves"] in shown and len(shown) == 5


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_of_clusters_remain_text(hostile):
    a = Value(1.0, "a")
    for collapse in (0, 1):
        check_label(hostile, draw(a * a, clusters={hostile: [a]}, collapse=collapse).svg())


def test_wrong_clusters_are_explained():
    a = Value(1.0, "a")
    with pytest.raises(TypeError, match="named_modules"):
        draw(a * a, clusters=3)
    with pytest.raises(TypeError, match="the cluster 'x' must be made of Values"):
        draw(a * a, clusters={"x": [3]})
    with pytest.raises(ValueError, match="no cluster 'y' to collapse; the clusters are x"):
        draw(a * a, clusters={"x": [a]}, collapse=["y"])
    with pytest.raises(ValueError, match="depth"):
        draw(a * a, clusters={"x": [a]}, collapse=-1)


# ---------------------------------------------------------------------- colors


def luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_dark_text_is_legible_on_every_color():
    ink = luminance("#1a1a1a")
    for color in (*STEPS, UNKNOWN):
        assert (luminance(color) + 0.05) / (ink + 0.05) >= 7


def test_colors_go_by_sign_and_share_of_the_largest():
    tints = GradientColors([10.0, -4.0, math.inf, math.nan, None])
    levels = [-math.inf, -6.0, -5.0, -1.5, -1.0, -1e-300, 0.0, -0.0, 0.5, 1.0, 2.0, 5.5, math.inf]
    assert [STEPS.index(tints.of(x)) for x in levels] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 6]
    assert tints.of(math.nan) == tints.of(None) == UNKNOWN
    assert GradientColors([0.0]).legend() == [(STEPS[3], "0")]


def test_gradients_are_colored_and_a_legend_tells_how():
    result = neuron()
    result.backward()
    plain, colored = draw(result).source, draw(result, color_gradients=True).source
    assert "legend" not in plain
    fills = dict(re.findall(r'^\tn(\d+) .*fillcolor="(#\w+)"', colored, re.M))
    order = autograd.topological_order(result)
    tints = GradientColors(node.grad for node in order)
    assert fills == {str(i): tints.of(node.grad) for i, node in enumerate(order)}
    assert [text for text in texts(draw(result, color_gradients=True).svg()) if text.startswith(("<", ">"))] == [
        *("< -0.75", "< -0.15", "< 0", "> 0", "> 0.15", "> 0.75"),
    ]


def test_style_fused_is_short_for_fused():
    assert draw(neuron(), style="fused").source == draw(neuron(), fused=True).source
    assert draw(neuron(), style="classic").source == draw(neuron()).source
