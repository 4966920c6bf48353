"""One row is all that every view of an operation needs: each view is tried on rows of each kind, registered here."""

from __future__ import annotations

import copy
import json
import math
import pickle
from functools import reduce
from operator import add, mul
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings

import autograd
from autograd import TABLE, Op, Value, register, unregister
from autograd.core import elementary
from autograd.core.elementary import NO_FLOW, exp, sqrt, tanh, where
from autograd.stepper.svg import svg_of_trace
from autograd.symbols import Symbol, javascript_of, symbols, to_latex, to_mathml, to_python, to_text
from autograd.testing import check_op, expressions
from autograd.text.operations_table import listing
from autograd.text.parser import parse
from autograd.trace.trace import step_through

ROWS = [
    Op("gauss", lambda x: exp(-x * x), [lambda out, x: -2 * x * out], domain=[(-2, 2)]),
    Op("hinge", lambda x: where(x >= 1, 0.0, 1 - x), [lambda out, x: where(x < 1, -1.0, NO_FLOW)],
       domain=[(-2, 3)], kinks=lambda x: x - 1, analytic=False),
    Op("rms", lambda x, y: sqrt(x * x + y * y), [lambda out, x, y: x / out, lambda out, x, y: y / out],
       domain=[(1, 2), (-1, 2)]),
    Op("scaled_tanh", lambda x, scale: scale * tanh(x / scale),
       [lambda out, x, scale: 1 - (out / scale) * (out / scale),
        lambda out, x, scale: out / scale - x / scale * (1 - (out / scale) * (out / scale))],
       domain=[(-2, 2), (1, 2)], defaults=[1.5]),
    Op("bump", lambda xs, height: height * exp(-reduce(add, [x * x for x in xs])),
       [lambda out, xs, height: [-2 * x * out for x in xs], lambda out, xs, height: out / height],
       domain=[(-1, 1), (1, 2)], vectors=1),
    Op("mixed", lambda xs, ys: reduce(add, map(mul, map(mul, xs, xs), ys)),
       [lambda out, xs, ys: [2 * x * y for x, y in zip(xs, ys, strict=True)], lambda out, xs, ys: [x * x for x in xs]],
       domain=[(-1, 1), (-2, 2)], vectors=2),
]  # fmt: skip


@pytest.fixture(params=ROWS, ids=lambda op: op.name)
def row_of_ones_own(request):
    yield register(request.param)
    unregister(request.param.name)


# What a formula printed as Python may call.
ENVIRONMENT = {**{name: op.value for name, op in TABLE.items()}, **vars(elementary), "abs": abs}


class Used:
    """A row of one's own in a small program: its result, times 3, at ordinary numbers."""

    def __init__(self, op):
        self.op = op
        at = [low + (high - low) * part for (low, high), part in zip(op.domain, (0.3, 0.7), strict=False)]
        self.numbers = op.flat([[x, x / 2] if index < op.vectors else x for index, x in enumerate(at)])
        self.value, partials = op.linearized(*op.grouped(self.numbers))
        self.slopes = op.flat(partials)
        self.names = [f"p{index}" for index in range(len(self.numbers))]
        self.leaves = [Value(*pair) for pair in zip(self.numbers, self.names, strict=True)]
        self.result = self.call(*self.leaves)
        self.loss = self.result * 3.0
        self.trace = step_through(self.loss)

    def call(self, *operands):
        return getattr(autograd, self.op.name)(*self.op.grouped(operands))

    @property
    def symbols(self):
        return self.op.grouped(symbols(" ".join(self.names)))


def as_a_function_of_numbers(used):
    assert used.call(*used.numbers) == used.value
    assert used.op.name in dir(autograd)


def as_a_method(used):
    if not used.op.vectors:  # a vector has no methods
        first, *others = used.leaves
        assert getattr(first, used.op.name)(*others).data == used.value
        assert getattr(Value, used.op.name).__code__.co_filename == f"<{used.op.name}, compiled from the table>"


def with_arguments_left_out(used):
    if used.op.defaults:
        least = used.op.arity - len(used.op.defaults)
        assert getattr(autograd, used.op.name)(*used.leaves[:least]).op is used.op


def backward(used):
    used.loss.backward()
    assert [leaf.grad for leaf in used.leaves] == [3.0 * slope for slope in used.slopes]


def with_every_check_of_the_tests(used):
    """Finite differences, the complex step, second derivatives, compiled against plain, kinks."""
    check_op(used.op, examples=20)


def forward_mode(used):
    ones = (1.0,) * len(used.numbers)
    assert autograd.jvp(used.call, tuple(used.numbers), ones) == (used.value, pytest.approx(sum(used.slopes)))


def derivatives_of_derivatives(used):
    every = tuple(range(len(used.numbers)))
    (row, *_) = autograd.hessian(used.call, every)(*used.numbers)
    h = 1e-5
    for slope, there in zip(row, every, strict=True):
        above, below = (
            autograd.grad(used.call, every)(*(x + step * (i == there) for i, x in enumerate(used.numbers)))
            for step in (h, -h)
        )
        assert slope == pytest.approx((above[0] - below[0]) / (2 * h), abs=1e-6)


def checked_against_finite_differences(used):
    assert autograd.gradcheck(used.call, used.numbers)


def in_a_typed_expression(used):
    texts = [
        "[" + ", ".join(names) + "]" if isinstance(names, list) else names for names in used.op.grouped(used.names)
    ]
    parsed = parse(f"{used.op.name}({', '.join(texts)}) * 3", dict(zip(used.names, used.numbers, strict=True)))
    assert parsed.data == used.loss.data


def in_the_listing(used):
    text = listing([used.op.name])
    assert used.op.name in text and "d/dx" in text and "numbers only" not in text
    assert f"| `{used.op.name}` |" in listing(markdown=True)


def as_formulas(used):
    formulas = [used.op.forward(*used.symbols), Symbol(used.op, used.symbols)]
    formulas += used.op.flat([rule(Symbol("out"), *used.symbols) for rule in used.op.partials])
    names = dict(zip(used.names, used.numbers, strict=True)) | {"out": used.value, used.op.name: used.op.value}
    expected = [used.value, used.value, *used.slopes]
    for formula, number in zip(formulas, expected, strict=True):
        assert eval(to_python(formula), ENVIRONMENT | names) == pytest.approx(number, rel=1e-14)
        assert to_text(formula) and to_latex(formula)
        assert ElementTree.fromstring(to_mathml(formula)).tag.endswith("math")


def as_javascript(used):
    lengths = [2] * used.op.vectors + [1] * (used.op.arity - used.op.vectors)
    programs = javascript_of(used.op, lengths)
    assert len(programs["partials"]) == len(used.numbers)
    page = used.trace.to_html()
    for program in (programs["forward"], *programs["partials"]):
        assert json.dumps(program)[1:-1] in page


def as_a_drawing(used):
    assert used.op.name in autograd.draw(used.loss).source
    assert used.op.name in autograd.draw(used.loss, fused=True).source


def in_the_stepper(used):
    """The picture, and for each step a card with its formula and its numbers."""
    assert used.op.name in svg_of_trace(used.trace)
    steps = [step for step in used.trace if step.node.op == used.op.name]
    assert [step.local for step in steps] == used.slopes
    formulas = used.trace.formulas[steps[0].node.position]
    assert [step.rule for step in steps] == [formulas.partials[step.slot].text for step in steps]


def as_text(used):
    assert used.op.name in used.trace.to_text()


def as_json_and_back(used):
    again = type(used.trace).from_json(used.trace.to_json())
    assert again.to_text() == used.trace.to_text()


def computed_anew_with_other_numbers(used):
    differences = used.trace.finite_differences()
    assert list(differences.values()) == pytest.approx([3.0 * slope for slope in used.slopes], rel=1e-6, abs=1e-8)


def as_a_sum_over_paths(used):
    for leaf, slope in zip(used.leaves, used.slopes, strict=True):
        (path,) = autograd.sum_over_paths(used.loss, leaf).paths
        assert path.product == pytest.approx(3.0 * slope)


def in_copies(used):
    for copied in (copy.deepcopy(used.loss), pickle.loads(pickle.dumps(used.loss))):
        assert copied.data == used.loss.data
        assert any(node.op is used.op for node in autograd.topological_order(copied))


def in_the_search_for_kinks(used):
    assert autograd.kinks(used.loss) == []
    if used.op.name == "hinge":
        (kink,) = autograd.kinks(Value(1.0).hinge())
        assert (kink.op, kink.left, kink.used, kink.right) == ("hinge", pytest.approx(-1.0), 0.0, 0.0)


def in_the_error_of_an_anomaly(used):
    with pytest.raises(autograd.AnomalyError, match=rf"{used.op.name}\("), autograd.detect_anomaly():
        used.call(*(Value(math.nan) for _ in used.numbers))


def in_random_programs(used):
    @settings(max_examples=10, suppress_health_check=[HealthCheck.filter_too_much])
    @given(expressions([used.op], constants=False))
    def program_uses_the_row(program):
        assert all(op is used.op for op, _ in program.steps)

    program_uses_the_row()


VIEWS = [
    as_a_function_of_numbers,
    as_a_method,
    with_arguments_left_out,
    backward,
    with_every_check_of_the_tests,
    forward_mode,
    derivatives_of_derivatives,
    checked_against_finite_differences,
    in_a_typed_expression,
    in_the_listing,
    as_formulas,
    as_javascript,
    as_a_drawing,
    in_the_stepper,
    as_text,
    as_json_and_back,
    computed_anew_with_other_numbers,
    as_a_sum_over_paths,
    in_copies,
    in_the_search_for_kinks,
    in_the_error_of_an_anomaly,
    in_random_programs,
]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_one_row_is_all_that_every_view_needs(row_of_ones_own, view):
    """The test of the design: no other edit anywhere gives an operation all of this."""
    view(Used(row_of_ones_own))


@pytest.mark.parametrize("op", [op for op in TABLE.values() if not op.vectors], ids=lambda op: op.name)
def test_a_method_takes_its_arguments_by_name_as_the_function_does(op):
    middle = [0.5 * (low + high) + 0.25 for low, high in op.domain]
    expected = op.value(*middle)
    first, *others = middle
    named = dict(zip(op.parameters[1:], others, strict=True))
    for result in (
        getattr(Value(first), op.name)(**named),
        getattr(autograd, op.name)(Value(first), **named),
        getattr(autograd, op.name)(**{op.parameters[0]: Value(first)}, **named),
        getattr(Value(first), op.name)(**{name: Value(x) for name, x in named.items()}),
    ):
        assert result.data == expected
    if named:
        with pytest.raises(TypeError):
            getattr(Value(first), op.name)(*others, **named)
