"""The table of operations as it is printed, and the page made of it."""

from __future__ import annotations

import importlib.util
import itertools
import math
import re
from pathlib import Path

import pytest

import autograd
from autograd import TABLE, Op, register, unregister
from autograd.text.operations_table import line_of, listing

ROOT = Path(__file__).resolve().parents[2]


def test_every_row_has_its_line():
    assert [line.split()[0] for line in listing().splitlines()[2:]] == list(TABLE)


def test_the_page_of_operations_is_made_of_this_table():
    specification = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    build = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(build)
    for path, text in build.pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is out of date: run make operations"


@pytest.mark.parametrize(
    "op", [op for op in TABLE.values() if op.arity == 1 and not op.vectors and not op.symbol], ids=lambda op: op.name
)
def test_the_derivative_that_is_printed_is_the_derivative(op):
    """The text is Python, but for the sign of a power: evaluated, it gives the slope of the value."""
    line = line_of(op)
    formula = line.derivatives[0].removeprefix("d/dx = ").replace("^", "**")
    if "see the row" in formula:
        return
    names = {name: getattr(autograd, name) for name in TABLE} | {"inf": math.inf, "nan": math.nan, "abs": abs}
    # Numbers are printed with four digits.
    tolerance = {"rel": 2e-3, "abs": 2e-3} if re.search(r"\d\.\d{3}|\d\d\.\d", formula) else {"rel": 1e-6, "abs": 1e-6}
    low, high = op.domain[0]
    for part in (0.13, 0.37, 0.81):
        x = low + (high - low) * part
        out = op.value(x)
        slope = eval(formula, {}, names | {"x": x, "out": out})
        assert slope == pytest.approx((op.value(x + 1e-6) - op.value(x - 1e-6)) / 2e-6, **tolerance)


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.arity <= 2], ids=lambda op: op.name)
def test_the_kinks_that_are_printed_are_where_the_row_has_them(op):
    equation = line_of(op).kinks
    if not equation:
        assert op.kinks is None
    elif equation != "(see the row)":
        left, right = equation.replace("^", "**").split(" = ")
        names = {name: op.value for name, op in TABLE.items()} | {"abs": abs}
        numbers = (-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0)
        for x, y in itertools.product(numbers, numbers):
            operands = op.flat([[a, 1.0] if i < op.vectors else a for i, a in enumerate((x, y)[: op.arity])])
            at = {"x": x, "y": y, "x1": x, "x2": 1.0, "y1": y, "y2": 1.0}
            try:
                is_equal = eval(left, {}, names | at) == eval(right, {}, names | at)
            except ZeroDivisionError:  # not even defined there
                is_equal = False
            assert op.is_on_kink(operands) == is_equal, (x, y)


def test_a_registered_operation_is_listed_and_an_unknown_one_is_told():
    register(Op("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], domain=[(-2, 2)]))
    try:
        assert listing(["cube"]).splitlines()[2].split(maxsplit=1) == ["cube", "x * x * x  d/dx = 3 * x * x"]
    finally:
        unregister("cube")
    with pytest.raises(KeyError, match="no operation 'cube'"):
        listing(["cube"])
