"""The trace carries the engine's numbers, and the text shows them."""

from __future__ import annotations

import copy
import json
import math
import pickle
import webbrowser
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from oracles.programs import inputs, is_tame, on_values, programs, run
from processes import outputs_of_two_runs

import autograd
from autograd import Op, Value, register, step_through, unregister


def neuron():
    x1, x2 = Value(2.0, "x1"), Value(0.0, "x2")
    w1, w2 = Value(-3.0, "w1"), Value(1.0, "w2")
    b = Value(6.8813735870195432, "b")
    return (x1 * w1 + x2 * w2 + b).tanh(), {v.label: v for v in (x1, x2, w1, w2, b)}


def test_the_classic_neuron():
    """Gradients as the derivation by hand has them: 1 - tanh(0.8813735870195432)^2 = 1/2."""
    out, leaves = neuron()
    trace = step_through(out)
    gradients = {node.name: node.grad for node in trace.nodes if node.name in leaves}
    assert gradients == pytest.approx({"x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0, "b": 0.5})
    assert len(trace) == len(trace.steps) == 9


@given(programs, inputs)
def test_a_trace_has_the_numbers_of_backward_and_touches_no_gradient(program, numbers):
    if not is_tame(program, numbers):
        return
    leaves = [Value(x) for x in numbers]
    result = run(program, leaves, on_values)
    trace = step_through(result)
    order = autograd.topological_order(result)
    assert all(value.grad == 0.0 for value in order)
    result.backward()
    assert [node.grad for node in trace.nodes] == [value.grad for value in order]
    assert [node.data for node in trace.nodes] == [value.data for value in order]
    last = {}
    for step in trace:
        assert step.product == step.upstream * step.local
        assert step.after == step.before + step.product
        assert step.before == last.get(step.operand.position, 0.0)
        assert step.upstream == step.node.grad
        last[step.operand.position] = step.after
    assert all(trace.nodes[position].grad == grad for position, grad in last.items())


def test_the_rule_of_each_step_evaluates_to_its_number():
    trace = step_through(neuron()[0])
    values = {node.name: node.data for node in trace.nodes}
    for step in trace:
        assert eval(step.rule, {}, values) == step.local


def test_fan_out_is_counted():
    a = Value(3.0, "a")
    steps = step_through(a * a + a).steps
    assert [(s.operand.name, s.contribution, s.operand.consumers, s.after) for s in steps if s.operand.name == "a"] == [
        ("a", 1, 3, 1.0),
        ("a", 2, 3, 4.0),
        ("a", 3, 3, 7.0),
    ]
    assert "a.grad = 7  (3 of 3)" in step_through(a * a + a).to_text()


def test_vector_operations_and_constants():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    trace = step_through(autograd.dot([w, 1.5], [x, w]) + 1)
    assert [(s.operand.name, s.rule, s.local) for s in trace.steps[1:]] == [
        ("w", "x", 3.0),
        ("x", "w", 2.0),
        ("w", "1.5", 1.5),
    ]
    assert [node.expression for node in trace.nodes[-2:]] == ["dot([w, 1.5], [x, w])", "v1 + 1"]


def test_names_are_unique_whatever_the_labels():
    a, b, c, d = Value(1.0, "a"), Value(2.0, "a"), Value(3.0, "a_2"), Value(4.0)
    x1 = Value(5.0, "x1")
    trace = step_through(a * b * c * d * x1)
    names = [node.name for node in trace.nodes]
    assert len(set(names)) == len(names)
    assert {"a", "a_3", "a_2", "x1", "x2"} <= set(names)


@pytest.mark.parametrize("label", [5, None, ["x"], "a\nb", "\x1b[31mred", "x" * 100, "\u202eabc"], ids=range(7))
def test_any_label_is_one_line_of_plain_text(label):
    x = Value(2.0)
    x.label = label
    text = step_through(x * 3).to_text()
    assert all(line.isprintable() for line in text.splitlines())
    assert len(text.splitlines()) == len(step_through(Value(2.0) * 3).to_text().splitlines())


def test_a_label_that_is_an_expression_stands_in_brackets():
    s = Value(2.0, "a + b")
    trace = step_through(s * Value(3.0, "c"))
    assert trace.nodes[-1].expression == "(a + b) * c"
    assert "dv1/d(a + b) = c = 3" in trace.to_text()


def test_many_nodes_of_one_label_and_long_vectors_take_linear_time():
    x = Value(1.0, "x")
    y = x
    for _ in range(3000):
        y = y * 1.0
        y.label = "x"
    assert len({node.name for node in step_through(y).nodes}) == 3001
    assert len(step_through(autograd.sum([x] * 3000))) == 3000


def test_a_trace_can_be_copied():
    trace = step_through(neuron()[0])
    for other in (copy.deepcopy(trace), pickle.loads(pickle.dumps(trace))):
        assert other.steps == trace.steps
        assert other.to_text() == trace.to_text()


def test_a_row_for_numbers_only_is_traced_with_numbers():
    register(Op("gamma", lambda x: math.gamma(x), [lambda out, x: out * math.log(x)], domain=[(1, 3)]))
    try:
        assert step_through(Value(1.0).gamma()).steps[0].rule == "0"
    finally:
        unregister("gamma")


def test_a_trace_does_not_change():
    out, leaves = neuron()
    trace = step_through(out)
    text = trace.to_text()
    leaves["x1"].data = 100.0
    out.backward()
    assert trace.to_text() == text
    with pytest.raises(AttributeError, match="a trace does not change"):
        trace.steps = ()
    with pytest.raises(AttributeError):
        trace.steps[0].product = 1.0
    programs = trace.programs
    for part in trace.programs.values():
        assert part is not None
        part["forward"] = "() => 0"
    trace.programs.clear()
    assert trace.programs == programs


def test_the_text_of_a_small_graph():
    x = Value(2.0, "x")
    y = x * x
    y.label = "y"
    assert step_through(y).to_text().splitlines() == [
        "Forward pass: compute each node from its operands.",
        "",
        "node  operation  value",
        "----  ---------  -----",
        "x     (given)        2",
        "y     x * x          4",
        "",
        "Backward pass: how fast y changes with each node. It starts with dy/dy = 1.",
        "Each step multiplies the upstream gradient by a local derivative and adds the product.",
        "",
        "step  node  operation  upstream     local derivative     product      running sum",
        "----  ----  ---------  --------  -  ----------------  -  -------  --  --------------------",
        "   1  y     x * x             1  *  dy/dx = x = 2     =        2  ->  x.grad = 2  (1 of 2)",
        "   2  y     x * x             1  *  dy/dx = x = 2     =        2  ->  x.grad = 4  (2 of 2)",
        "",
        "Gradients of the inputs:",
        "dy/dx  =  4",
    ]


def test_what_cannot_be_traced_is_said_in_one_sentence():
    with pytest.raises(TypeError, match=r"step_through takes a Value, got 3\.0; build the result from Values first"):
        step_through(3.0)
    with pytest.raises(TypeError, match=r"step_through takes a function that returns a Value, got 6\.0 of type float"):
        step_through(lambda x: 6.0, 1.0)
    with pytest.raises(TypeError, match="the node 'cube' was made by hand, so there is no formula to show"):
        step_through(Value(8.0, (Value(2.0),), "cube"))


HOSTILE = [
    "</script><script>alert(1)</script>",
    "\"'<img onerror=x>",
    "\ud800",
    "a\x00b\nc",
    "x" * 10_000,
    5,
    None,
    ["x"],
]


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_any_label_goes_through_json_and_into_the_page_as_text(label, tmp_path):
    x = Value(2.0)
    x.label = label
    trace = step_through(x * 3)
    assert trace.nodes[0].label == ("" if label is None else str(label))
    assert autograd.Trace.from_json(json.loads(json.dumps(trace.to_json()))).to_json() == trace.to_json()
    trace.save_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page == trace.to_html()
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.native
def test_a_page_is_the_same_to_the_byte_in_another_process():
    program = "from autograd import *; x = Value(2.0); y = x.tanh() * x; print(step_through(y).to_html(), end='')"
    pages = outputs_of_two_runs(program)
    assert len(pages) == 1
    assert len(pages.pop()) > 1000


def test_a_notebook_gets_the_page_in_a_frame_and_the_tables():
    trace = step_through(neuron()[0])
    bundle = trace._repr_mimebundle_()
    assert bundle["text/plain"] == trace.to_text()
    assert bundle["text/html"].startswith("<iframe")
    assert bundle == step_through(neuron()[0])._repr_mimebundle_()


def test_a_host_that_shows_images_only_gets_the_picture():
    trace = step_through(neuron()[0])
    bundle = trace._repr_mimebundle_()
    assert list(bundle) == ["text/plain", "text/html", "image/svg+xml"]
    svg = ElementTree.fromstring(bundle["image/svg+xml"])
    assert svg.get("viewBox") and "max-width:100%" in svg.get("style")
    shown = "".join(svg.itertext())
    assert all(node.name in shown for node in trace.nodes)


def test_the_repr_says_how_to_see_it():
    assert repr(step_through(neuron()[0])) == (
        "<Trace of v5: 10 nodes, 9 backward steps; trace.open() shows it in the browser, "
        "trace.save_html(path) writes the page>"
    )


@pytest.fixture
def addresses(monkeypatch, tmp_path):
    """What a browser was told to show. No test opens one."""
    asked = []
    monkeypatch.setattr("webbrowser.open", lambda address, new=0: asked.append(address) or True)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return asked


def test_open_shows_the_page_in_the_browser(addresses, capsys):
    trace = step_through(neuron()[0])
    path = trace.open()
    assert addresses == [path.as_uri()]
    assert path.suffix == ".html"
    assert path.read_text(encoding="utf-8") == trace.to_html()
    assert capsys.readouterr() == ("", "")
    assert trace.open() != path


@pytest.mark.parametrize(
    "answer", [False, webbrowser.Error("no browser"), OSError("none")], ids=["no", "error", "system"]
)
def test_without_a_browser_open_says_what_to_do(answer, addresses, monkeypatch, capsys):
    def refuse(address, new=0):
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr("webbrowser.open", refuse)
    path = step_through(neuron()[0]).open()
    said = f"There is no browser here: open {path} in one, or write the page elsewhere with save_html(path).\n"
    assert capsys.readouterr().out == said
    assert path.exists()


def test_a_trace_too_long_for_a_page_is_not_opened(addresses, monkeypatch, tmp_path):
    monkeypatch.setattr("autograd.trace.trace.MAX_SHOWN", 8)
    with pytest.raises(ValueError, match="too large for a browser"):
        step_through(neuron()[0]).open()
    assert not addresses and not [*tmp_path.iterdir()]


def test_a_trace_too_long_to_show_says_so(monkeypatch):
    monkeypatch.setattr("autograd.trace.trace.MAX_SHOWN", 8)
    assert step_through(neuron()[0])._repr_mimebundle_() == {
        "text/plain": "<Trace of v5: 10 nodes, 9 backward steps, too many to show; "
        "take a trace of a smaller part of the graph>"
    }


def test_a_rule_that_divides_by_a_constant_zero_is_a_number():
    trace = step_through(Value(1.0, "x") / 0.0)
    assert (trace.steps[0].rule, trace.steps[0].local) == ("inf", math.inf)


def test_a_formula_that_would_fill_the_screen_is_a_number():
    xs = [Value(float(i), f"x{i}") for i in range(100)]
    trace = step_through(autograd.max(xs))
    assert {step.rule for step in trace.steps} == {"0", "1"}
    assert step_through(autograd.max(xs[:2])).steps[1].rule.startswith("1 / ")


def test_labels_that_are_places_need_no_brackets():
    x, y, z = Value(2.0, "w[0]"), Value(3.0, "layers.0.bias"), Value(4.0, "a-b")
    assert step_through(x * y * z).nodes[-1].expression == "v1 * (a-b)"
    assert step_through(x * y).nodes[-1].expression == "w[0] * layers.0.bias"


def test_numbers_that_have_changed_since_are_not_shown():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    y = (x * w).tanh()
    w.data = 4.0
    with pytest.raises(RuntimeError) as caught:
        step_through(y)
    assert str(caught.value) == (
        "v1 = x * w was computed as 6, but its operands have changed since, and give 8 now; compute the result again, "
        "then step through it"
    )
    w.data = 3.0
    assert step_through(y).nodes[2].data == 6.0
    nan = Value(float("nan"))
    assert len(step_through(nan * x + autograd.sum([x, w])).nodes) == 6


def test_a_function_of_python_may_give_another_number_each_time():
    counted = iter(range(10))
    register(Op("noisy", lambda x: float(x) + next(counted), [lambda out, x: 1.0], domain=[(-1, 1)]))
    try:
        assert step_through(autograd.apply(autograd.TABLE["noisy"], Value(2.0))).nodes[0].data == 2.0
    finally:
        unregister("noisy")
