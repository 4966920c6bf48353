"""Formulas: what is printed means what was written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import TABLE, elementary
from autograd.symbols import Symbol, format_number, symbols, to_python, to_text
from autograd.testing import points

x, y = symbols("x y")
ENVIRONMENT = {**{name: op.value for name, op in TABLE.items()}, **vars(elementary), "abs": abs}

atoms = st.sampled_from([x, y, 1.0, -2.0, 0.5])
expressions = st.recursive(
    atoms,
    lambda parts: st.one_of(
        *(
            st.tuples(st.just(op), *(parts for _ in op.partials)).map(lambda t: Symbol(t[0], t[1:]))
            for op in TABLE.values()
            if not op.vectors and op.name != "where"
        ),
        st.tuples(st.sampled_from(["<", "<=", ">", ">="]), parts, parts, parts, parts).map(
            lambda t: Symbol(t[0], t[1:3]).where(t[3], t[4])
        ),
    ),
    max_leaves=8,
)


def evaluate(expression, values):
    """The number an expression stands for, by walking it: the oracle for its printed form."""
    if not isinstance(expression, Symbol):
        return float(expression)
    if not expression.operands:
        return values[expression.op]
    operands = [evaluate(operand, values) for operand in expression.operands]
    if isinstance(expression.op, str):
        a, b = operands
        return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[expression.op]
    return expression.op.value(*operands)


@given(expressions, st.floats(-2, 2), st.floats(-2, 2))
def test_printed_python_computes_the_expression(expression, at_x, at_y):
    expected = evaluate(expression, {"x": at_x, "y": at_y})
    try:
        printed = eval(to_python(expression), ENVIRONMENT, {"x": at_x, "y": at_y})
    except ZeroDivisionError:
        return
    assert repr(float(printed)) == repr(float(expected))


@given(expressions, st.floats(0.5, 2), st.floats(0.5, 2))
def test_printed_text_reads_back_as_the_same_formula(expression, at_x, at_y):
    """Text differs from Python only in ^ for powers, where(...) as a choice and numbers cut to four digits."""
    text = to_text(expression).replace("^", "**")
    expected = evaluate(expression, {"x": at_x, "y": at_y})
    try:
        read = eval(text, ENVIRONMENT, {"x": at_x, "y": at_y})
    except (ArithmeticError, AttributeError, TypeError):  # the latter from (-2)**0.5, which Python makes complex
        return
    if isinstance(read, complex) or not math.isfinite(expected):
        return
    assert read == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("op", [op for op in TABLE.values() if not op.vectors], ids=lambda op: op.name)
@given(data=st.data())
def test_printed_rules_of_every_row_compute_what_the_rules_do(op, data):
    point = data.draw(points(op))
    operands = symbols(" ".join(f"x{i}" for i in range(op.arity)))
    (out,) = symbols("out")
    values = {f"x{i}": number for i, number in enumerate(point)}
    values["out"] = op.value(*point)
    assert eval(to_python(op.forward(*operands)), ENVIRONMENT, values) == values["out"]
    for index, rule in enumerate(op.partials):
        printed = to_python(rule(out, *operands))
        assert eval(printed, ENVIRONMENT, values) == op.partial(index, values["out"], *point)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (x + y - 1, "x + y - 1"),
        (x - (y - 1), "x - (y - 1)"),
        (x * (y + 1), "x * (y + 1)"),
        (x / (y / 2), "x / (y / 2)"),
        (-(x**2), "-x^2"),
        ((-x) ** 2, "(-x)^2"),
        (x ** (y**2), "x^y^2"),
        ((x**y) ** 2, "(x^y)^2"),
        (x ** (-1), "x^-1"),
        (-(x + y), "-(x + y)"),
        (2 - x, "2 - x"),
        (x.exp() * x, "exp(x) * x"),
        ((x > 0).where(1.0, y), "1 if x > 0 else y"),
        (2 * (x > 0).where(1.0, y), "2 * (1 if x > 0 else y)"),
        (abs(x - 1), "abs(x - 1)"),
    ],
)
def test_text_has_the_brackets_it_needs_and_no_more(expression, text):
    assert to_text(expression) == text


def test_a_rule_that_branches_on_a_symbol_is_told_to_use_where():
    with pytest.raises(TypeError, match=r"a rule may not branch on a number \(x > 0\).*choose with where"):
        max(0.0, x)


def test_an_unknown_function_of_a_symbol():
    with pytest.raises(AttributeError, match="a symbol has no 'tahn', and the table has no such operation"):
        x.tahn()


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.70710678, "0.7071"), (-6.0, "-6"), (-0.0, "-0"), (math.nan, "nan"), (-math.inf, "-inf"), (1e-9, "1e-09")],
)
def test_numbers_are_shown_to_four_digits(number, text):
    assert format_number(number) == text
