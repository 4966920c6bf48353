"""Typed expressions: what is allowed, and one clear line for what is not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from autograd import TABLE, Value
from autograd.text.parser import ExpressionError, parse, parse_assignments


@pytest.mark.parametrize(
    ("text", "values", "result"),
    [
        ("w*x + b", {"w": 2, "x": 3, "b": 1}, 7.0),
        ("-x**2", {"x": 3}, -9.0),
        ("2**-x", {"x": 1}, 0.5),
        ("x / y - +x", {"x": 1, "y": 4}, -0.75),
        ("tanh(x) + exp(0*x)", {"x": 0}, 1.0),
        ("maximum(x, 2)", {"x": 1}, 2.0),
        ("where(x > 0, x, -x)", {"x": -3}, 3.0),
        ("where(x <= y, 1, 2) * x", {"x": 3, "y": 3}, 3.0),
        ("dot([x, y], [3, x])", {"x": 2, "y": 5}, 16.0),
        ("sum([x, x, 1])", {"x": 2}, 5.0),
        ("x + 1/0", {"x": 1}, math.inf),
        ("x * (2 + 3)", {"x": 1}, 5.0),
        ("x + log(0)", {"x": 1}, -math.inf),
        ("  x\n", {"x": 1}, 1.0),
        ("x + True", {"x": 1}, 2.0),
        ("x + (1 < 2)/(2 < 1)", {"x": 1}, math.inf),
        ("x + (True + True)**(True + True)**(True + True)**(True + True)**(True + True)", {"x": 1}, math.inf),
        ("(x > 0) * x", {"x": 3}, 3.0),
        ("µ*2", {"μ": 2}, 4.0),
        ("größe * 2", {"größe": 1}, 2.0),
    ],
)
def test_an_expression_computes_what_it_says(text, values, result):
    assert parse(text, values).data == result


def test_every_operation_of_the_table_can_be_written():
    for op in TABLE.values():
        arguments = ["[x, y]" if index < op.vectors else "x" for index in range(op.arity)]
        text = f"{op.name}({', '.join(arguments)})"
        value = parse(text + " + y", {"x": 0.5, "y": 0.25})
        assert any(node.op is op for node in value._prev)


def test_names_label_their_leaves():
    assert {v.label for v in parse("a*b", {"a": 1, "b": 2})._prev} == {"a", "b"}


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("tanh(w*x + q)", "'q' has no value: add q=NUMBER", "q)"),
        ("x + tanh", "'tanh' is an operation: write tanh", "tanh"),
        ("tahn(x)", "there is no operation 'tahn'; there are add, sub,", "tahn"),
        ("x.data", "'x.data' is not allowed here: write tanh(x), not x.tanh()", "x.data"),
        ("x.tanh()", "'x.tanh()' is not allowed here: write tanh(x), not x.tanh()", "x.tanh"),
        ("__import__('os').system('ls')", "is not allowed here", "__import__"),
        ("x ^ 2", "'x ^ 2' is not allowed here: write a power as x**y", "x ^"),
        ("x % 2", "the operators are + - * / **", "x %"),
        ("x if x > 0 else 1", "write where(condition, a, b)", "x if"),
        ("(lambda: x)()", "is not allowed here", "(lambda"),
        ("[x for x in [1]]", "is not allowed here", "[x for"),
        ("x + 'a'", """"'a'" is not allowed here""", "'a'"),
        ("x + 1j", "'1j' is not allowed here", "1j"),
        ("tanh(x, 2)", "tanh takes 1 argument, got 2", "tanh"),
        ("tanh(x=2)", "tanh takes no named arguments", "tanh"),
        ("dot([x], [1, 2])", "dot takes vectors of equal length, got 1 and 2", "dot"),
        ("dot(x, x)", "dot takes a list of Values or numbers, got", "dot"),
        ("[x] * 2", "a list can only be passed to an operation on vectors", "[x]"),
        ("x + [1]", "a list can only be passed to an operation on vectors", "x"),
        ("1or x", "is not allowed here", "1or"),
        ("x +", "this is not an expression", ""),
        ("(x", "this is not an expression", "(x"),
        ("x y", "this is not an expression", None),
        ("", "this is not an expression", ""),
        ("x = 2", "this is not an expression", None),
        ("x\x00", "this is not an expression", None),
        ("x; x", "this is not an expression", None),
        ("x + " + "9" * 400, "too large", None),
        ("1 + 2", "has no names, so there is nothing to differentiate", None),
        ("0 < x < 1", "is not allowed here", "0 <"),
        ("tanh(*[x])", "is not allowed here", None),
        ("y + {x}", "is not allowed here", None),
        ("(x := 3)", "is not allowed here", None),
        ("x > 0", "is a comparison, not a number", None),
        ("[x, x]", "is a list, not a number", None),
    ],
)
def test_what_is_not_allowed_is_one_clear_line_that_points_at_the_place(text, message, place):
    with pytest.raises(ExpressionError) as caught:
        parse(text, {name: 1.0 for name in "wxy" if name in text})
    lines = str(caught.value).splitlines()
    assert message in lines[0]
    if place:
        assert lines[1][lines[2].index("^") :].startswith(place)


def test_a_place_after_letters_of_several_bytes():
    with pytest.raises(ExpressionError) as caught:
        parse("ö + ä", {"ö": 1.0})
    _, line, caret = str(caught.value).splitlines()
    assert line[caret.index("^")] == "ä"


def test_a_place_far_to_the_right_is_shown_in_a_window():
    with pytest.raises(ExpressionError) as caught:
        parse("x + " * 100 + "q" + " + x" * 100, {"x": 1.0})
    _, line, caret = str(caught.value).splitlines()
    assert len(line) < 90
    assert line[caret.index("^")] == "q"


@pytest.mark.parametrize(
    "text",
    [
        "tanh(" * 150 + "x" + ")" * 150,
        "(" * 4999 + "x" + ")" * 4999,
        "-" * 5000 + "x",
        "x" + " + x" * 2000,
        "x" + "**x" * 2000,
        "tanh(" * 80 + "-" * 200 + "x" + ")" * 80,
    ],
    ids=["calls", "brackets", "signs", "sums", "powers", "mixed"],
)
def test_deep_nesting_is_read_or_refused_but_never_crashes(text):
    try:
        parse(text, {"x": 0.1})
    except ExpressionError as error:
        assert "deeply" in str(error) or "not an expression" in str(error)


def test_a_very_long_expression_is_refused():
    with pytest.raises(ExpressionError, match="has 10001 characters, at most 10000 are read"):
        parse("x" * 10_001, {"x": 1.0})


def test_a_value_that_is_not_used_is_pointed_out():
    with pytest.raises(ExpressionError, match="'z' has a value but is not in the expression x; check its spelling"):
        parse("x", {"x": 1.0, "z": 2.0})


@pytest.mark.parametrize(
    ("assignments", "message"),
    [
        (["x"], "expected NAME=NUMBER, such as x=2, got 'x'"),
        (["x=abc"], "expected a number for 'x', such as x=2.5, got 'abc'"),
        (["x="], "expected a number for 'x'"),
        (["2=3"], "'2' is not a name"),
        (["=3"], "'' is not a name"),
        (["tanh=3"], "'tanh' is an operation"),
        (["x=1", "x=2"], "'x' was given two values"),
        (["lambda=1"], "'lambda' is not a name"),
    ],
)
def test_bad_assignments(assignments, message):
    with pytest.raises(ExpressionError, match=message):
        parse_assignments(assignments)


def test_names_are_read_as_python_reads_them():
    assert parse("µ + 1", parse_assignments(["µ=1"])).data == 2.0


def test_a_long_sum_is_no_deep_nesting():
    assert parse(" + ".join(["x"] * 1000), {"x": 1.0}).data == 1000.0


def test_assignments():
    assert parse_assignments(["x=1", "y = -2.5e3"]) == {"x": 1.0, "y": -2500.0}


@given(st.text(alphabet="x+-*/() 123.,[]tanhsumq_<>=!'\"\\^%&|~:;{}@#$\n\t", max_size=40))
def test_any_text_gives_a_value_or_an_expression_error(text):
    try:
        assert isinstance(parse(text, {"x": 0.5}), Value)
    except ExpressionError as error:
        assert "Traceback" not in str(error)
