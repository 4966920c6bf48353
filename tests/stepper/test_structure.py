"""Repeated structure is found and named, and copies are copies, by the page's script in Node."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import TABLE, Value, capture_source, step_through, tanh
from autograd.core.engine import apply
from autograd.stepper.words import LANGUAGES, for_script

node = shutil.which("node")
pytestmark = [
    pytest.mark.skipif(node is None, reason="the script of the page is run by Node, which is not installed"),
    pytest.mark.native,
]

SCRIPTS = ("messages.js", "numbers.js", "elementary.js", "model.js", "expansion.js")
SCRIPTS += ("regions.js", "repeats.js", "structure.js")
WRITTEN = """
const plain = (box) => ({
  key: box.key, label: box.label, title: box.title, copy: box.copy, members: box.members, isCopy: box.copied !== null,
  children: box.children.map(plain),
});
const documents = JSON.parse(require("fs").readFileSync(0, "utf-8"));
process.stdout.write(JSON.stringify(documents.map((json) => plain(structureOf(modelOf(json, {}))))));
"""


def structures(traces):
    assets = files("autograd.stepper").joinpath("assets")
    words = f"const languages = {json.dumps(LANGUAGES)}; const table = {json.dumps(for_script())};"
    program = "\n".join([words, *(assets.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS), WRITTEN])
    documents = json.dumps([trace.to_json() for trace in traces])
    done = subprocess.run(
        [node, "-e", f'"use strict";\n{program}'], input=documents, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


# ---------------------------------------------------------------------- what is found


def recurrence(length=50, *, labels=True, start=0.0):
    def value(x, name):
        return Value(x, name if labels else "")

    w, u, b, h = value(0.5, "w"), value(0.3, "u"), value(0.1, "b"), start
    for t in range(length):
        h = tanh(w * value(0.1 * t, f"x{t}") + u * h + b)
    return step_through(h)


def newton():
    x, a = Value(3.0), Value(2.0)
    for _ in range(8):
        x = x - (x * x - a) / (2 * x)
    return step_through(x)


def sum_loop():
    w, total = Value(2.0), Value(0.0)
    for i in range(20):
        total = total + w * Value(float(i))
    return step_through(total)


def lstm():
    weights = [Value(0.1 * i) for i in range(8)]
    h = c = 0.0
    for t in range(10):
        x = Value(0.1 * t)
        gates = [w * x + u * h for w, u in zip(weights[::2], weights[1::2], strict=True)]
        c = gates[0].sigmoid() * c + gates[1].sigmoid() * gates[2].tanh()
        h = gates[3].sigmoid() * tanh(c)
    return step_through(h)


def mlp():
    model = nn.MLP(3, [4, 4, 1])
    with capture_source(model) as source:
        y = model([Value(1.0), Value(2.0), Value(3.0)])
    return step_through(y, capture=source)


def losses(model):
    return [(model([Value(float(i)), Value(2.0)]) - 1) ** 2 for i in range(4)]


def batch():
    model = nn.MLP(2, [3, 1])
    with capture_source(model) as source:
        loss = sum(losses(model))
    return step_through(loss, capture=source)


def batch_without_modules():
    first, *others = losses(nn.MLP(2, [3, 1]))
    return step_through(sum(others, first))


def different():
    x = Value(0.3)
    for op in ("sin", "exp", "tanh", "cos", "log1p", "sigmoid", "sqrt", "square", "atan", "softplus", "sinh", "relu"):
        x = apply(TABLE[op], x)
    return step_through(x)


def wide():
    """Two layers whose units are spelled out, without modules."""
    xs = [Value(0.1 * i) for i in range(3)]
    for count in (4, 5):
        xs = [tanh(sum((Value(0.1) * x for x in xs), Value(0.3))) for _ in range(count)]
    return step_through(sum(x * Value(0.5) for x in xs))


def boxes_of(box):
    yield box
    for child in box["children"]:
        yield from boxes_of(child)


def labels_above(root, trace, name):
    """What the boxes around a node are called, the outermost first."""
    position = next(node.position for node in trace.nodes if node.name == name)

    def walk(box, labels):
        if position in box["members"]:
            return labels
        return next((found for child in box["children"] if (found := walk(child, [*labels, child["label"]]))), None)

    return walk(root, [])


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("start", [0.0, Value(0.0, "h0")], ids=["constant", "leaf"])
def test_the_cells_of_a_recurrence_are_counted(labels, start):
    trace = recurrence(labels=labels, start=start)
    (root,) = structures([trace])
    cells = root["children"]
    assert [cell["label"] for cell in cells] == [f"cell {i} of 50" for i in range(1, 51)]
    assert {len([m for m in cell["members"] if trace.nodes[m].op]) for cell in cells} == {5}
    outside = {trace.nodes[member].data for member in root["members"]}
    assert outside == {0.5, 0.3, 0.1}  # the weights, which all cells use
    if labels:
        assert labels_above(root, trace, "x36") == ["cell 37 of 50"]


@pytest.mark.parametrize(
    ("make", "label", "count"),
    [
        (newton, "iteration 8 of 8", 8),
        (sum_loop, "term 20 of 20", 20),
        (lstm, "cell 10 of 10", 10),
        (batch, "sample 4 of 4", 4),
        (batch_without_modules, "sample 4 of 4", 4),
    ],
)
def test_loops_and_batches_are_counted(make, label, count):
    (root,) = structures([make()])
    copies = [child for child in root["children"] if child["isCopy"]]
    assert (copies[-1]["label"], len(copies)) == (label, count)


def test_layers_and_units_of_a_model_are_named():
    trace = mlp()
    (root,) = structures([trace])
    assert [child["title"] for child in root["children"]] == [
        "layers.0: layer 1 of 3",
        "layers.1: layer 2 of 3",
        "layers.2: layer 3 of 3",
    ]
    assert labels_above(root, trace, "layers.1.neurons.2.w.0") == ["layer 2 of 3", "unit 3 of 4"]
    assert root["children"][1]["children"][2]["title"] == "layers.1.neurons.2: unit 3 of 4"


def test_layers_lie_within_the_samples_of_a_batch():
    trace = batch()
    (root,) = structures([trace])
    assert labels_above(root, trace, "v13") == ["sample 2 of 4", "layer 1 of 2", "unit 2 of 3"]
    assert labels_above(root, trace, "layers.0.neurons.1.w.0") == ["layer 1 of 2", "unit 2 of 3"]  # outside the samples


def test_units_are_found_without_modules():
    (root,) = structures([wide()])
    labels = [box["label"] for box in boxes_of(root)]
    assert "unit 4 of 4" in labels and "term 5 of 5" in labels


def test_operations_that_differ_are_no_copies():
    (root,) = structures([different()])
    assert root["children"] == []


def test_keys_differ_and_stay():
    traces = [recurrence(), mlp(), batch(), wide()]
    roots = structures(traces)
    assert roots == structures(traces)
    for root in roots:
        keys = [box["key"] for box in boxes_of(root)]
        assert len(set(keys)) == len(keys)


# ---------------------------------------------------------------------- copies are copies


def operations_in(box, trace):
    return sorted(m for inner in boxes_of(box) for m in inner["members"] if trace.nodes[m].op)


def is_copy(trace, ours, theirs):
    """Whether the nodes of one set can be named by those of another, tried one by one: the same operations on the same
    operands, inputs from outside on inputs from outside, one to one; a constant may be any input."""
    inside = set(ours), set(theirs)

    def operands_fit(one, other, names):
        names = dict(names)
        for x, y in zip(trace.nodes[one].operands, trace.nodes[other].operands, strict=True):
            if (x in inside[0]) != (y in inside[1]):
                return None
            if x in inside[0] or (isinstance(x, int) and isinstance(y, int)):
                if names.get(x, y) != y or (x not in names and y in names.values()):
                    return None
                names[x] = y
        return names

    def extended(index, names, taken):
        if index == len(ours):
            return True
        node = trace.nodes[ours[index]]
        for candidate in theirs:
            other = trace.nodes[candidate]
            if candidate in taken or (node.op, node.groups) != (other.op, other.groups):
                continue
            fitting = operands_fit(ours[index], candidate, names)
            if fitting is not None and fitting.get(ours[index], candidate) == candidate:
                fitting[ours[index]] = candidate
                if extended(index + 1, fitting, taken | {candidate}):
                    return True
        return False

    return len(ours) == len(theirs) and extended(0, {}, frozenset())


def check(root, trace):
    held = [member for box in boxes_of(root) for member in box["members"]]
    assert sorted(held) == list(range(len(trace.nodes)))
    for box in boxes_of(root):
        copies = [child for child in box["children"] if child["isCopy"]]
        assert [copy["copy"]["index"] for copy in copies] == list(range(1, len(copies) + 1))
        assert all(copy["copy"]["of"] == len(copies) >= 2 for copy in copies)
        parts = [operations_in(copy, trace) for copy in copies]
        for one, other in zip(parts, parts[1:], strict=False):
            assert is_copy(trace, one, other), (one, other)


@pytest.mark.parametrize("make", [recurrence, newton, sum_loop, lstm, mlp, batch, batch_without_modules, wide])
def test_the_copies_that_are_found_are_copies(make):
    trace = make()
    (root,) = structures([trace])
    check(root, trace)


def random_graph(seed):
    """Operations on values of the recent past; few kinds of them, so that parts are alike by chance."""
    generator = random.Random(seed)
    values = [Value(1.0) for _ in range(3)]
    kinds = generator.choice(["+", "+*", "+*t", "t*"])
    reach = generator.choice([2, 3, 6, 20])
    for _ in range(generator.randrange(60)):
        a, b = (generator.choice(values[-reach:]) for _ in range(2))
        b = generator.choice([b, b, 0.5])
        kind = generator.choice(kinds)
        values.append(a + b if kind == "+" else a * b if kind == "*" else tanh(a))
    result = values[-1]
    for value in values[-8:-1]:
        result = result * value
    return step_through(result)


def test_random_graphs_have_no_false_copies():
    traces = [random_graph(seed) for seed in range(300)]
    for trace, root in zip(traces, structures(traces), strict=True):
        check(root, trace)


def planted(seed):
    """A random cell, again and again: (the trace, the number of cells, the operations of a cell)."""
    generator = random.Random(seed)
    weights = [Value(0.1) for _ in range(2)]
    size, count = generator.randrange(3, 9), generator.randrange(3, 30)
    program = [
        (generator.choice("+*s"), generator.random(), generator.random(), generator.random()) for _ in range(size)
    ]
    state = Value(0.2)
    for _ in range(count):
        state = cell(program, state, [*weights, Value(0.3)])
    return step_through(state), count


def cell(program, state, inputs):
    """Each operation takes the last result, so that all count; the last is the only tanh."""
    values = [state, *inputs]
    last = state
    for kind, share, _, _ in program:
        other = values[int(share * len(values))]
        last = last + other if kind == "+" else last * other if kind == "*" else last.sin()
        values.append(last)
    return tanh(last)


def test_a_cell_that_is_planted_again_and_again_is_found():
    graphs = [planted(seed) for seed in range(200)]
    roots = structures([trace for trace, _ in graphs])
    for (trace, count), root in zip(graphs, roots, strict=True):
        check(root, trace)
        copies = [box["copy"]["of"] for box in boxes_of(root) if box["isCopy"]]
        assert count in copies


@given(st.integers(0, 10**9))
@settings(max_examples=5)
def test_more_random_graphs(seed):
    trace = random_graph(seed)
    (root,) = structures([trace])
    check(root, trace)
