"""The tools for testing operations: they pass what is right, name what is wrong, and draw what they promise."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given, settings, strategies as st

import autograd
from autograd import TABLE, Op, Value, register, unregister
from autograd.core.elementary import where
from autograd.symbols import symbols
from autograd.testing import (
    OpError,
    Program,
    check_op,
    check_second_derivatives,
    complex_step,
    expressions,
    extreme_points,
    graphs,
    is_ordinary,
    kinks_of,
    points,
    values,
)

rows = pytest.mark.parametrize("op", list(TABLE.values()), ids=list(TABLE))


@rows
def test_every_row_of_the_table_is_what_it_promises(op):
    check_op(op, examples=20)


# ---------------------------------------------------------------------- slips, each named in one sentence


def slip(forward, *partials, domain=((-2, 2),), **options):
    return Op("slip", forward, partials, domain=domain, **options)


NUMBER = r"[-+.e\d]+"


@pytest.mark.parametrize(
    ("op", "message"),
    [
        (
            slip(lambda x: x * x * x, lambda out, x: 3 * x),
            rf"slip at \(x={NUMBER}\): the derivative with respect to x is {NUMBER} by its rule but {NUMBER} by finite",
        ),
        (
            slip(lambda x, y: x - y, lambda out, x, y: 1.0, lambda out, x, y: 1.0, domain=[(-2, 2), (-2, 2)]),
            r"slip at \(x=0.0, y=0.0\): the derivative with respect to y is 1.0 by its rule but -1 by finite",
        ),
        (
            slip(
                lambda xs, ys: xs[0] * ys[0] + 2 * xs[-1],
                lambda out, xs, ys: [ys[0]] + [0.0] * (len(xs) - 1),
                lambda out, xs, ys: [xs[0]] + [0.0] * (len(xs) - 1),
                domain=[(1, 2), (1, 2)],
                vectors=2,
            ),
            r"slip at \(xs=\[1.0\], ys=\[1.0\]\): the derivative with respect to xs\[0\] is 1.0 by its rule but 3",
        ),
        (
            slip(lambda x: autograd.log(x), lambda out, x: 1 / x, domain=[(-1, 2)]),
            r"the value is nan and the derivatives are \[-1.0\], but none should be nan in the domain; mend the rule",
        ),
        (
            # Off by less than finite differences can see.
            slip(lambda x: x * x, lambda out, x: 2 * x * (1 + 1e-8), domain=[(1, 2)]),
            r"is 2.00000002 by its rule but 2.0 by the complex step; if the forward rule does not hold for complex",
        ),
        (
            # A rule for the value of the derivative whose own derivative is something else.
            slip(lambda x: x * x, lambda out, x: 2 * x + where(x > 0, x, -x) - where(x < 0, -x, x), domain=[(1, 2)]),
            None,
        ),
        (
            slip(lambda x: x * x, lambda out, x: 2 * autograd.floor(x) + 2 * (x - autograd.floor(x)), domain=[(1, 2)]),
            None,
        ),
        (
            slip(lambda x: x * x, lambda out, x: 2 * out / Stale.of(x), domain=[(1, 2)], analytic=False),
            r"the second derivative with respect to x and x is",
        ),
        (
            slip(
                lambda x: where(x < 0, 0.0, x),
                lambda out, x: where(x < 0, 0.0, where(x > 0, 1.0, 2.0)),
                kinks=lambda x: x,
                analytic=False,
            ),
            r"slip at \(x=0.0\): the derivative with respect to x is 2.0 at this kink, but the slopes on the two sides "
            r"are 0 and 1; choose one between them",
        ),
        (
            slip(lambda x: math.exp(x * 100), lambda out, x: 100 * out, domain=[(-0.01, 0.01)]),
            r"its rules raise OverflowError|its rules raise ValueError",
        ),
    ],
)
def test_a_slip_is_named_with_the_operation_the_point_and_both_numbers(op, message):
    if message is None:
        check_op(op)
        return
    with pytest.raises(OpError, match=message):
        check_op(op)


class Stale:
    """A number that forgets its history: its second derivative is lost."""

    @staticmethod
    def of(x):
        return float(x) if isinstance(x, Value) else x


def test_orders_leaves_second_derivatives_out():
    lost = slip(lambda x: x * x, lambda out, x: 2 * out / Stale.of(x), domain=[(1, 2)], analytic=False)
    check_op(lost, orders=1)
    with pytest.raises(ValueError, match="orders must be a whole number from 1 to 2, got 3"):
        check_op(lost, orders=3)


def test_rules_for_numbers_only_are_checked_as_far_as_they_go():
    check_op(slip(lambda x: math.atan(x), lambda out, x: 1 / (1 + x * x)), examples=20)


def test_a_second_derivative_that_is_all_rounding_is_not_accused():
    check_second_derivatives("std", ([0.5, 0.4999999995], 0.0))


def test_the_methods_of_a_registered_row_are_checked():
    op = register(Op("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], domain=[(-2, 2)]))
    try:
        check_op(op)
        Value.cube = lambda x: x * x
        with pytest.raises(OpError, match=r"cube at .*: the method cube gives .* but apply gives "):
            check_op(op)
    finally:
        unregister("cube")


def test_a_failure_is_one_error_without_the_history_of_the_search():
    with pytest.raises(OpError) as caught:
        check_op(slip(lambda x: 2 * x, lambda out, x: 3.0))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "\n" not in str(caught.value)


# ---------------------------------------------------------------------- what is drawn


@rows
@settings(max_examples=10)
@given(data=st.data())
def test_points_are_ordinary_and_extreme_points_have_their_shape(op, data):
    point = data.draw(points(op))
    assert is_ordinary(op, point)
    assert op.grouped(op.flat(point)) == point
    extreme = data.draw(extreme_points(op))
    assert [isinstance(x, list) for x in extreme] == [index < op.vectors for index in range(op.arity)]


@rows
def test_kinks_are_where_the_row_says(op):
    found = kinks_of(op)
    assert bool(found) <= (op.kinks is not None)
    assert all(op.kinks(*point) == 0 for point in found)


@given(values(0.0, 1.0), values(special=True))
def test_values_are_leaves_with_data_in_range(x, special):
    assert x.is_leaf
    assert 0 <= x.data <= 1
    assert type(special.data) is float


@given(expressions())
def test_a_program_gives_the_same_on_values_and_floats_and_is_finite(program):
    result = program(*map(Value, program.inputs))
    assert repr(float(result)) == repr(float(program(*program.inputs)))
    assert math.isfinite(float(result))


# A few are enough: the parser is asked about every row in tests/text/test_parser.py.
@given(expressions([TABLE[name] for name in ("add", "mul", "sin", "tanh", "relu", "maximum")], constants=False))
def test_a_program_can_be_written_as_a_formula_and_read_again(program):
    names = [f"x{index}" for index in range(len(program.inputs))]
    formula = str(program(*symbols(" ".join(names)))).strip("<>")
    from autograd.text.parser import parse

    again = parse(formula, {name: x for name, x in zip(names, program.inputs, strict=True) if name in formula})
    assert float(again) == pytest.approx(float(program(*program.inputs)), rel=1e-12, abs=1e-12)


@given(graphs(max_inputs=2, max_steps=6))
def test_gradients_of_random_graphs_agree_with_finite_differences(graph):
    assert graph.program.inputs == tuple(leaf.data for leaf in graph.leaves)
    autograd.gradcheck(graph.program, graph.program.inputs, atol=1e-3, rtol=1e-2)


@given(expressions([TABLE["add"], TABLE["dot"]], constants=False))
def test_without_constants_every_argument_is_an_earlier_result(program):
    for count, (_, arguments) in enumerate(program.steps, start=len(program.inputs)):
        flat = [y for x in arguments for y in (x if isinstance(x, tuple) else [x])]
        assert all(isinstance(x, int) and x < count for x in flat)


def test_a_program_is_shown_as_its_steps():
    program = Program((0.5,), ((TABLE["dot"], ((0, 2.0), (0, 0))), (TABLE["tanh"], (1,))))
    assert repr(program) == "Program: x0 = 0.5; x1 = dot([x0, 2.0], [x0, x0]); x2 = tanh(x1)"
    assert program(0.5) == math.tanh(1.25)


@pytest.mark.native
@given(data=st.data())
def test_a_program_runs_in_pytorch(data):
    torch = pytest.importorskip("torch")
    # A few are enough: every row is compared with PyTorch in tests/core/test_conventions.py.
    shared = ["add", "sub", "mul", "div", "exp", "sin", "tanh", "sigmoid", "relu", "maximum", "abs"]
    program = data.draw(expressions([TABLE[name] for name in shared], constants=False))
    leaves = [Value(x) for x in program.inputs]
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in program.inputs]
    program(*leaves).backward()
    program.run(tensors, lambda op, *xs: getattr(torch, op.name)(*xs)).backward()
    for leaf, tensor in zip(leaves, tensors, strict=True):
        assert leaf.grad == pytest.approx(float(tensor.grad if tensor.grad is not None else 0.0), rel=1e-9, abs=1e-9)


# ---------------------------------------------------------------------- the complex step


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.analytic], ids=lambda op: op.name)
def test_the_complex_step_knows_every_analytic_row(op):
    """So also functions that cmath lacks, such as log1p."""
    operands = op.flat([[low + (high - low) * 0.7] if i < op.vectors else low + (high - low) * 0.7
                        for i, (low, high) in enumerate(op.domain)])  # fmt: skip
    for index, slope in enumerate(op.flat(op.linearized(*op.grouped(operands))[1])):
        assert complex_step(op, operands, index) == pytest.approx(slope, rel=1e-13)


def test_there_is_no_complex_step_through_a_rule_for_real_numbers():
    assert complex_step(TABLE["abs"], [0.5], 0) is None
    assert complex_step(slip(lambda x: math.exp(x), lambda out, x: out), [0.5], 0) is None


# ---------------------------------------------------------------------- without hypothesis


@pytest.mark.native
def test_without_hypothesis_it_says_what_to_install():
    code = "import sys; sys.modules['hypothesis'] = None; import autograd, nn; import autograd.testing"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ModuleNotFoundError: autograd.testing draws its examples with hypothesis" in done.stderr
    assert "pip install hypothesis" in done.stderr


# ---------------------------------------------------------------------- what they take


def test_a_row_may_be_given_by_its_name():
    check_op("tanh", examples=5)
    assert kinks_of("relu", most=1) == [(0.0,)]
    assert is_ordinary("relu", [1.0])
    assert not is_ordinary("relu", [0.0])
    for strategy in (points("atan2"), extreme_points("atan2")):

        @settings(max_examples=5)
        @given(strategy)
        def two_numbers(point):
            assert len(point) == 2

        two_numbers()

    @settings(max_examples=5)
    @given(expressions(["add", TABLE["mul"]]))
    def of_those_rows(program):
        assert {op.name for op, _ in program.steps} <= {"add", "mul"}

    of_those_rows()


@pytest.mark.parametrize("call", [check_op, points, extreme_points, kinks_of, lambda op: is_ordinary(op, [1.0])])
def test_what_is_no_row_is_refused(call):
    with pytest.raises(KeyError, match="no operation 'tahn'; the table has add"):
        call("tahn")
    with pytest.raises(TypeError, match=r"expected a row of the table or its name, such as 'tanh', got 5 of type int"):
        call(5)


@pytest.mark.parametrize("examples", [0, -1, 2.5, "many"])
def test_there_must_be_examples(examples):
    with pytest.raises(ValueError, match=rf"examples must be a whole number of at least 1, got {examples!r}"):
        check_op("tanh", examples=examples)
