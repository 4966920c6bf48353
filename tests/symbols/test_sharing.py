"""Rules with loops: every view of an operation takes a part that is used again and again once, or does without."""

from __future__ import annotations

import json
import math

import pytest

import autograd
from autograd import TABLE, Op, Value, apply, register, unregister
from autograd.core.elementary import NO_FLOW, tanh, where
from autograd.symbols import Symbol, javascript_of, to_javascript, to_latex, to_mathml, to_python, to_text
from autograd.symbols.compiled_methods import is_compiled, method_names, source_of
from autograd.symbols.expressions import short_text
from autograd.symbols.sharing import with_no_flow_as
from autograd.testing import check_op
from autograd.text.operations_table import line_of
from autograd.trace.trace import step_through


def newton(steps):
    """The square root by Newton's method."""

    def forward(x):
        y = x
        for _ in range(steps):
            y = 0.5 * (y + x / y)
        return y

    def slope(out, x):
        y, dy = x, 1.0
        for _ in range(steps):
            y, dy = 0.5 * (y + x / y), 0.5 * (dy + 1 / y - x * dy / (y * y))
        return dy

    return Op("looped", forward, [slope], domain=[(0.5, 3)], analytic=False)


def doubled(steps):
    """x to the power 2^steps, then to 2^-steps, of two arguments, with a choice."""

    def forward(x, y):
        z = where(x > y, x, y)
        for _ in range(steps):
            z = where(z > 0, z, z) * 1.0 + (z - z)
        return z

    return Op(
        "looped", forward, [lambda out, x, y: where(x > y, 1.0, NO_FLOW), lambda out, x, y: where(x > y, NO_FLOW, 1.0)],
        domain=[(1, 2), (-2, -1)], analytic=False,
    )  # fmt: skip


def nested(depth):
    """One function within another, `depth` times."""

    def forward(x):
        for _ in range(depth):
            x = tanh(x)
        return x

    def slope(out, x):
        product = 1.0
        for _ in range(depth):
            x = tanh(x)
            product = product * (1 - x * x)
        return product

    return Op("looped", forward, [slope], domain=[(-2, 2)])


def nested_choices(depth):
    """A choice whose branches are the same choice, `depth` times."""

    def slope(out, x):
        result = where(x > 0, 1.0, NO_FLOW)
        for _ in range(depth):
            result = where(x > -1, result, result)
        return result

    return Op("looped", lambda x: where(x > 0, x, 0.0), [slope], domain=[(-2, 2)], kinks=lambda x: x, analytic=False)


LOOPS = [(newton, 8), (newton, 300), (newton, 3000), (doubled, 60), (nested, 40), (nested, 300), (nested_choices, 40)]


@pytest.fixture(params=LOOPS, ids=lambda made: f"{made[0].__name__}-{made[1]}")
def op(request):
    make, times = request.param
    yield register(make(times))
    unregister("looped")


def middle(op):
    return [(low + 2 * high) / 3 for low, high in op.domain]


def test_the_method_gives_what_the_rules_give_to_any_order(op):
    leaves = [Value(x) for x in middle(op)]
    for at in (middle(op), [0.0] * op.arity, [math.inf] * op.arity, [math.nan] * op.arity):
        called, plain = Value.looped(*map(Value, at)), apply(op, *map(Value, at))
        assert repr((called.data, called.local_derivatives)) == repr((plain.data, plain.local_derivatives))
    result = Value.looped(*leaves)
    result.backward(create_graph=True)
    assert leaves[0].grad.data == result.local_derivatives[0]


def test_it_is_listed_traced_and_drawn(op):
    assert line_of(op).name == "looped"
    trace = step_through(Value.looped(*map(Value, middle(op))))
    assert len(trace.steps) == op.arity
    json.dumps(trace.to_json())
    assert len(trace.to_text()) + len(trace.to_html()) < 1e6
    assert "looped" in autograd.draw(Value.looped(*map(Value, middle(op)))).source


@pytest.mark.parametrize("printer", [to_text, to_latex, to_mathml, to_python, to_javascript])
def test_a_formula_is_written_out_or_refused_in_one_sentence(op, printer):
    symbols = [Symbol(letter) for letter in "xy"[: op.arity]]
    for expression in (op.forward(*symbols), op.partials[0](Symbol("out"), *symbols)):
        assert len(repr(expression)) < 1100
        assert len(short_text(expression, 50)) <= 50
        try:
            printer(with_no_flow_as(Symbol("nothing"), expression))
        except ValueError as error:
            assert "is too long to be written out" in str(error)
            assert "\n" not in str(error)


def test_the_javascript_is_as_long_as_the_loop_or_there_is_none(op):
    printed = javascript_of(op, [1] * op.arity)
    assert printed is None or len(printed["forward"]) + len(printed["partials"][0]) <= 200_000


@pytest.mark.parametrize(("make", "times"), [(newton, 8), (doubled, 60), (nested, 40), (nested_choices, 40)])
def test_check_op_walks_each_part_once(make, times):
    check_op(make(times), examples=5)


def test_a_long_formula_is_compiled_with_what_is_shared_computed_once():
    source = source_of(newton(8))
    assert source.count("_x / ") == 8 + 7  # of the steps of the value, and of those that the derivative needs
    assert source_of(newton(3000)) == ""


def test_the_formulas_of_the_table_are_pasted_as_they_stand():
    rows = [op for op in TABLE.values() if is_compiled(op)]
    sources = [source_of(op, name) for op in rows for name in method_names(op)]
    assert len(sources) > 60
    assert not [source for source in sources if "_out_" in source or "_dx_" in source or "_dy_" in source]
