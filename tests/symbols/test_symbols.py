"""Formulas: what is printed means what was written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from autograd import TABLE
from autograd.core import elementary
from autograd.symbols import Symbol, format_number, symbols, to_python, to_text
from autograd.testing import extreme_points, kinks_of, points

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


@pytest.mark.parametrize("op", TABLE.values(), ids=lambda op: op.name)
@given(data=st.data())
def test_printed_rules_of_every_row_compute_what_the_rules_do(op, data):
    """At ordinary points, kinks, infinities, nan: the same number, to the sign of zero."""
    point = data.draw(st.one_of(points(op), extreme_points(op), st.sampled_from(kinks_of(op) or [None])))
    if point is None:
        return
    out, partials = op.linearized(*point)
    numbers = op.flat(point)
    operands = [Symbol(f"x{i}") for i in range(len(numbers))]
    arguments = op.grouped(operands)
    values = {"out": out, **{operand.op: float(number) for operand, number in zip(operands, numbers, strict=True)}}
    rules = [op.forward(*arguments), *op.flat([rule(Symbol("out"), *arguments) for rule in op.partials])]
    for rule, expected in zip(rules, [out, *op.flat(partials)], strict=True):
        try:
            printed = eval(to_python(rule), ENVIRONMENT, values)
        except ZeroDivisionError:
            continue
        assert repr(float(printed)) == repr(float(expected)) or corrected_sum(op, printed, expected, numbers)


def corrected_sum(op, printed, expected, numbers):
    """Whether two sums differ by no more than rounding, which Python's `sum` corrects from version 3.12 on."""
    terms = sum(x * x + abs(x) for x in numbers)
    return "sum" in op.forward.__code__.co_names and abs(printed - expected) <= 1e-15 * terms < math.inf


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
        (-x.neg(), "-(-x)"),
        (x - -1, "x - -1"),
        (x * y / 2 % y, "x * y / 2 % y"),
        (1 - x * y + 2, "1 - x * y + 2"),
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
