"""Names, lines and groups come from the program that was run."""

from __future__ import annotations

import gc
import linecache
import sys
import textwrap
import weakref
from functools import partial

import pytest

import autograd
import nn
from autograd import Value, capture_source, no_grad, step_through


def run_cell(text, name="<cell of test_capture>", **variables):
    """Run a program as a notebook runs a cell: its text is known by a made-up file name."""
    text = textwrap.dedent(text)
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    space = {"Value": Value, "capture_source": capture_source, "step_through": step_through, "__name__": "cell"}
    space.update(variables)
    exec(compile(text, name, "exec"), space)
    return space


def names(trace):
    return [node.name for node in trace.nodes]


def made_by(trace, name):
    """The text of the line that made a node."""
    node = next(node for node in trace.nodes if node.name == name)
    return None if node.line is None else trace.source.lines[node.line - trace.source.first].strip()


CELL = """\
x1, x2 = Value(2.0), Value(0.0)
w1 = Value(-3.0)
w2 = Value(1.0, "weight")
b = Value(6.88)
with capture_source() as source:
    x1w1 = x1 * w1
    x2w2 = x2 * w2
    total = x1w1 + x2w2 \\
        + b
    out = total.tanh()
trace = step_through(out, capture=source)
"""


def test_a_cell_gives_names_and_lines():
    trace = run_cell(CELL)["trace"]
    assert names(trace) == ["x1", "w1", "x1w1", "x2", "weight", "x2w2", "v1", "b", "total", "out"]
    assert [node.line for node in trace.nodes] == [1, 2, 6, 1, None, 7, 8, 4, 8, 10]
    assert trace.source == ("cell of test_capture", 1, tuple(CELL.splitlines()))
    assert [node.label for node in trace.nodes if node.label] == ["weight"]


def test_labels_are_left_alone_and_come_first():
    space = run_cell(
        """
        a, b = Value(1.0, "b"), Value(2.0)
        with capture_source() as source:
            c = a * b
        trace = step_through(c, capture=source)
        """
    )
    assert names(space["trace"]) == ["b", "b_2", "c"]
    assert [space[name].label for name in "abc"] == ["b", "", ""]


def test_without_a_capture_nothing_is_looked_up():
    a = Value(2.0)
    c = a * a
    trace = step_through(c)
    assert names(trace) == ["x1", "v1"]
    assert trace.source is None


def test_every_round_of_a_loop_has_a_name_of_its_own():
    x, h = Value(0.5), Value(0.0)
    with capture_source() as source:
        for _ in range(3):
            h = (h + x).tanh()
    trace = step_through(h, capture=source)
    assert names(trace) == ["h", "x", "v1", "h_2", "v2", "h_3", "v3", "h_4"]
    assert len({node.line for node in trace.nodes if node.op}) == 1


def neuron(weights, inputs):
    products = [w * x for w, x in zip(weights, inputs, strict=True)]
    total = products[0]
    for product in products[1:]:
        total = total + product
    activation = total.tanh()
    return activation  # noqa: RET504


def test_variables_of_functions_that_have_returned():
    w = [Value(1.0), Value(-2.0)]
    x = [Value(0.5), Value(0.25)]
    with capture_source() as source:
        loss = neuron(w, x) ** 2
    trace = step_through(loss, capture=source)
    assert names(trace) == ["w[0]", "x[0]", "total", "w[1]", "x[1]", "product", "total_2", "activation", "loss"]
    assert made_by(trace, "activation") == "activation = total.tanh()"
    assert made_by(trace, "loss") == "loss = neuron(w, x) ** 2"
    assert made_by(trace, "w[0]") == "w = [Value(1.0), Value(-2.0)]"


def test_names_are_looked_for_where_step_through_is_called():
    def outputs():
        with capture_source() as source:
            return {"loss": Value(2.0) * Value(3.0)}, source

    found, source = outputs()
    assert names(step_through(found["loss"], capture=source))[-1] == "found['loss']"


@pytest.mark.parametrize(
    "text", ["y = x * x + x", "y = sum([x * x, x])", "y = [x * x, x][0] + x", "y = (z := x * x) + x"]
)
def test_only_what_is_assigned_gets_the_name(text):
    space = run_cell(
        f"x = Value(3.0)\nwith capture_source() as source:\n    {text}\ntrace = step_through(y, capture=source)"
    )
    assert names(space["trace"])[-1] == "y"
    assert names(space["trace"]).count("y") == 1
    assert not any(name.startswith("y_") for name in names(space["trace"]))


def test_several_targets():
    space = run_cell(
        """
        x = Value(3.0)
        with capture_source() as source:
            a, b = x * 2, x * 3
            c = d = a * b
        trace = step_through(c, capture=source)
        """
    )
    assert names(space["trace"]) == ["x", "a", "b", "c"]


def test_a_function_of_a_file_is_shown_from_its_first_line_to_its_last():
    trace = step_through(neuron, [1.0, -2.0], [0.5, 0.25])
    assert trace.source.name == "test_capture.py"
    assert trace.source.first == neuron.__code__.co_firstlineno
    assert trace.source.lines[0].startswith("def neuron(")
    assert trace.source.lines[-1] == "    return activation  # noqa: RET504"


SCRIPT = """\
import math

x = Value(2.0)
print
with capture_source() as source:
    y = x * 3
z = 1
"""


def test_a_script_is_shown_with_its_leaves_above(tmp_path):
    file = tmp_path / "script.py"
    file.write_text(SCRIPT)
    space = {"Value": Value, "capture_source": capture_source}
    exec(compile(SCRIPT, str(file), "exec"), space)
    trace = step_through(space["y"], capture=space["source"])
    assert trace.source == ("script.py", 3, tuple(SCRIPT.splitlines()[2:6]))
    assert [node.line for node in trace.nodes] == [3, 6]


@pytest.mark.parametrize("text", ["", "def f(:\n" * 9], ids=["no text", "text that is not Python"])
def test_a_program_whose_text_is_not_at_hand(text):
    space = {"x": Value(2.0), "capture_source": capture_source}
    name = "<a program that nobody kept>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile("with capture_source() as source:\n\n    y = x * x", name, "exec"), space)
    trace = step_through(space["y"], capture=space["source"])
    assert names(trace) == ["x", "y"]
    if text:
        assert (trace.nodes[1].line, len(trace.source.lines)) == (3, 9)
    else:
        assert (trace.nodes[1].line, trace.source) == (None, None)


def test_a_captured_trace_comes_back_from_json():
    trace = run_cell(CELL)["trace"]
    assert autograd.Trace.from_json(trace.to_json()).to_json() == trace.to_json()


def test_what_is_computed_before_the_block_or_under_no_grad_has_no_line():
    x = Value(2.0)
    early = x * x
    with capture_source() as source:
        with no_grad():
            constant = x * 3
        late = early + constant
    trace = step_through(late, capture=source)
    assert {node.name: node.line is not None for node in trace.nodes if node.name != "x"} == {
        "early": False,
        "constant": False,
        "late": True,
    }


def test_a_block_may_be_opened_again():
    source = capture_source()
    x = Value(2.0)
    with source:
        a = x * x
    with source:
        b = a * x
    assert made_by(step_through(b, capture=source), "a") == "a = x * x"


def test_a_block_keeps_no_frame_alive():
    class Large:
        pass

    def compute():
        large = Large()
        with capture_source() as source:
            y = Value(2.0) * 3.0
        return source, y, weakref.ref(large)

    source, y, large = compute()
    gc.collect()
    assert large() is None
    assert names(step_through(y, capture=source))[-1] == "y"


def test_an_error_in_the_block_closes_it():
    source = capture_source()
    with pytest.raises(ZeroDivisionError), source:
        1 / 0
    y = Value(2.0) * 3.0
    assert source.line_of(y) is None


def test_a_history_of_outputs_is_no_variable():
    space = run_cell(
        """
        x = Value(3.0)
        with capture_source() as source:
            Out[1] = x * x
        _ = __ = Out[1]
        trace = step_through(Out[1], capture=source)
        """,
        Out={},
    )
    assert names(space["trace"]) == ["x", "v1"]


# ---------------------------------------------------------------------- modules


class Net(nn.Module):
    def __init__(self):
        self.hidden = nn.Linear(2, 2)
        self.blocks = [nn.Sequential(nn.Linear(2, 1))]

    def forward(self, x):
        h = [v.tanh() for v in self.hidden(x)]
        (out,) = self.blocks[0](h)
        return out * 2.0


def test_nodes_are_grouped_by_the_innermost_module_that_made_them():
    model = Net()
    with capture_source(model) as source:
        loss = model([1.0, -2.0]) ** 2
    trace = step_through(loss, capture=source)
    groups = {node.group for node in trace.nodes}
    assert groups == {"hidden", "blocks.0.0", ""}
    parameters = dict(model.named_parameters())
    for node in trace.nodes:
        if node.is_leaf:
            assert node.data == parameters[node.name].data
            assert node.name.startswith(f"{node.group}.")
    assert {node.symbol for node in trace.nodes if node.group == "" and node.op} == {"tanh", "*", "**"}
    assert vars(model).keys() == {"hidden", "blocks"}


def test_the_modules_of_a_trace_of_a_model():
    model = nn.Sequential(nn.Linear(2, 1), nn.Tanh())
    trace = step_through(lambda a, b: model([a, b])[0], 1.0, 2.0)
    assert {node.group for node in trace.nodes} == {""}
    loss = nn.Module()
    loss.forward = lambda x: model(x)[0]
    loss.model = model
    trace = step_through(loss, [1.0, 2.0])
    assert {node.group for node in trace.nodes} == {"", "model.0", "model.1"}
    assert "x[0]" in names(trace)
    assert "model.0.weight.0.0" in names(trace)


def nameless(trace):
    return [node.name for node in trace.nodes if node.is_leaf and not node.label and node.name[0] == "x"]


class Study:
    """An object with a module in it, which is no module itself."""

    def __init__(self):
        self.model = Net()

    def loss(self, a, b):
        return self.model([a, b]) ** 2

    def __call__(self, a, b):
        return self.loss(a, b)

    def explain(self):
        return step_through(self.loss(1.0, 2.0))


shared = Net()


def of_a_global(a, b):
    return shared([a, b])


def beside_another(a, b):
    return of_a_global(a, b) * 2.0


def made_inside(a, b):
    model = nn.Sequential(nn.Linear(2, 1))
    return model([a, b])[0]


def closing_over(model, place=lambda x: x):
    return lambda a, b: place(model)([a, b])


@pytest.mark.parametrize(
    ("function", "weight"),
    [
        (closing_over(Net()), "model.hidden.weight.0.0"),
        (closing_over([Net()], lambda models: models[0]), "model[0].hidden.weight.0.0"),
        (closing_over({"net": Net()}, lambda models: models["net"]), "model['net'].hidden.weight.0.0"),
        (of_a_global, "shared.hidden.weight.0.0"),
        (beside_another, "shared.hidden.weight.0.0"),
        (partial(lambda model, a, b: model([a, b])[0], nn.Sequential(nn.Linear(2, 1))), "model.0.weight.0.0"),
        (made_inside, "model.0.weight.0.0"),
        (Study().loss, "model.hidden.weight.0.0"),
        (Study(), "model.hidden.weight.0.0"),
        (lambda a, b: Net()([a, b]), "hidden.weight.0.0"),
    ],
    ids=range(10),
)
def test_weights_of_a_module_that_a_function_uses_have_names(function, weight):
    trace = step_through(function, 1.0, 2.0)
    assert weight in names(trace)
    assert not nameless(trace)


@pytest.mark.parametrize("captured", [False, True], ids=["result", "captured"])
def test_weights_of_a_module_in_the_frame_that_makes_the_trace_have_names(captured):
    model = Net()
    source = capture_source()
    with source:
        loss = model([1.0, 2.0]) ** 2
    for parameter in model.parameters():  # leaves the last of them in a variable
        parameter.grad = 0.0
    trace = step_through(loss, capture=source) if captured else step_through(loss)
    expected = {f"model.{name}": value.data for name, value in model.named_parameters()}
    assert {node.name: node.data for node in trace.nodes if node.is_leaf} == expected
    assert not nameless(Study().explain())


def test_what_only_looks_like_a_module_is_left_alone():
    class Anything:
        def __getattr__(self, name):
            return lambda: 1 / 0

    class Torch:
        def named_parameters(self):
            return [("weight", "a tensor")]

    anything, torch, kind = Anything(), Torch(), nn.Linear
    x = Value(2.0)
    assert names(step_through(x * x)) == ["x1", "v1"]
    assert names(step_through(lambda y: (anything, torch, kind) and y * y, 3.0)) == ["y", "v1"]


def test_a_label_goes_before_the_place_in_a_module():
    model = nn.Linear(1, 1)
    model.weight[0][0].label = "slope"
    assert [node.name for node in step_through(model([2.0])[0]).nodes if node.is_leaf] == ["slope", "model.bias.0"]


def test_something_without_modules_is_refused():
    with pytest.raises(TypeError, match=r"capture_source takes a model with named_modules\(\).*got 3 of type int"):
        capture_source(3)


# ---------------------------------------------------------------------- functions


def test_what_a_function_returns_without_a_name_is_called_as_the_function():
    def area(width, height):
        return width * height

    def x(x, y):
        return x * y

    def labelled(x):
        y = x * x
        return Value.__mul__(y, 2.0)

    assert names(step_through(area, 2.0, 3.0)) == ["width", "height", "area"]
    assert names(step_through(x, 2.0, 3.0)) == ["x", "y", "v1"]
    assert names(step_through(lambda x: x * 2.0, 3.0)) == ["x", "v1"]
    assert names(step_through(labelled, 3.0)) == ["x", "y", "labelled"]


def test_a_function_of_numbers_is_traced_with_its_parameters():
    def f(x, y, *more):
        s = x * y
        return s + more[0] + more[1]

    trace = step_through(f, 2.0, 3, 4.0, Value(5.0, "mine"))
    assert names(trace) == ["x", "y", "more[0]", "mine", "s", "v1", "f"]
    assert [node.grad for node in trace.nodes if node.is_leaf] == [3.0, 2.0, 1.0, 1.0]
    assert made_by(trace, "s") == "s = x * y"


def backwards(wo, x, uo, h, *more):
    return more[1] * more[0] + h * uo[1][0] * uo[0][0] + x * wo


def test_inputs_are_in_the_order_of_the_function_whatever_the_order_of_the_graph():
    mine = Value(7.0, "mine")
    trace = step_through(backwards, 1.0, 2.0, ([3.0], [4.0, 5.0]), 6.0, mine, 8.0)
    inputs = ["wo", "x", "uo[0][0]", "uo[1][0]", "h", "mine", "more[1]"]
    assert [name for name in names(trace) if name in inputs] == inputs
    assert [node.name for node in trace.nodes if node.is_leaf] == inputs
    assert list(trace.finite_differences()) == inputs
    assert [line.split()[0] for line in trace.to_text().split("Gradients of the inputs:")[1].strip().splitlines()] == [
        f"dbackwards/d{name}" for name in inputs
    ]
    for node in trace.nodes:
        assert all(operand < node.position for operand in node.operands)


def test_values_in_a_dict_and_results_as_arguments():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    trace = step_through(lambda part, where, unused: where["b"] * part * where["a"], a * b, {"a": a, "b": b}, 1.0)
    assert names(trace)[:3] == ["a", "b", "part"]
    assert step_through(lambda x, y: y, 1.0, 2.0).nodes[-1].name == "y"


def test_a_trace_of_a_function_has_the_numbers_of_one_of_its_result():
    leaves = [Value(float(i)) for i in range(1, 8)]
    result = backwards(leaves[0], leaves[1], ([leaves[2]], [leaves[3]]), *leaves[4:])
    of_result = step_through(result)
    of_function = step_through(backwards, 1.0, 2.0, ([3.0], [4.0]), 5.0, 6.0, 7.0)
    steps = [[step[4:5] + step[6:11] for step in trace] for trace in (of_result, of_function)]
    assert steps[0] == steps[1]
    assert {node.data: node.grad for node in of_function.nodes} == {node.data: node.grad for node in of_result.nodes}


@pytest.mark.native
def test_arrays_are_sequences_of_leaves():
    numpy = pytest.importorskip("numpy", reason="NumPy is not installed")
    trace = step_through(autograd.sum, numpy.array([1.0, 2.0]))
    assert [node.data for node in trace.nodes] == [1.0, 2.0, 3.0]
    trace = step_through(lambda rows: rows[1][0] * rows[0][1], numpy.array([[1.0, 2.0], [3.0, 4.0]]))
    assert names(trace)[:2] == ["rows[0][1]", "rows[1][0]"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((lambda x: 3.0, 1.0), "takes a function that returns a Value, got 3.0 of type float; return one number"),
        ((lambda x: [x], 1.0), "takes a function that returns a Value, got .* of type list"),
        ((Value(1.0), 2.0), "takes one Value, got 1 more; arguments are for a function to call"),
        ((3.0,), r"takes a Value, got 3\.0"),
    ],
    ids=range(4),
)
def test_what_cannot_be_traced(arguments, message):
    with pytest.raises(TypeError, match=message):
        step_through(*arguments)


def test_a_function_captures_itself():
    with pytest.raises(TypeError, match="leave out capture"):
        step_through(lambda: Value(1.0), capture=capture_source())


# ---------------------------------------------------------------------- a notebook


@pytest.mark.native
def test_cells_of_a_notebook(tmp_path):
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    cells = [
        "from autograd import Value, capture_source, step_through\nx, w = Value(2.0), Value(-3.0)",
        "with capture_source() as source:\n    xw = x * w\n    out = xw.tanh()",
        "trace = step_through(out, capture=source)\nprint([n.name for n in trace.nodes], trace.source)",
        "trace",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    printed = notebook.cells[2].outputs[0]["text"]
    assert printed.startswith("['x', 'w', 'xw', 'out'] Source(name='In [2]', first=1, lines=('with capture_source()")
    shown = notebook.cells[3].outputs[0]["data"]
    assert shown["text/html"].startswith("<iframe")
    assert shown["text/plain"].startswith("Forward pass")
    assert sys.executable not in shown["text/html"]
