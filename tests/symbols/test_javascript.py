"""JavaScript printed from the table computes what the engine computes, at ordinary points and at all others.

Everything is run in one process of node. What is compared, and how closely: which of nan, infinity, zero (with its
sign) or an ordinary number a result is, exactly; ordinary numbers to 1e-14 of their size, since the mathematical
functions of V8, of other browsers and of the C library each differ from the true value in the last digits, and a rule
may apply several of them.
"""

from __future__ import annotations

import itertools
import json
import math
import random
import re
import shutil
import subprocess
from functools import reduce
from importlib.resources import files
from operator import add

import pytest

from autograd import TABLE, Op, register, unregister
from autograd.core.elementary import NoFlow, exp
from autograd.symbols import Symbol, javascript_of, symbols, to_javascript
from autograd.testing import kinks_of

node = shutil.which("node")
needs_node = pytest.mark.skipif(not node, reason="node, which runs JavaScript, is not installed")

inf, nan = math.inf, math.nan
x, y = symbols("x y")
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.0, -2.5, 3.0, 0.7, -20.0, 27.0, -27.0, 710.0, -750.0]
SPECIAL += [1e-17, -1e-8, 5e-324, -1e-310, 1e17, -1e155, 1e300, inf, -inf, nan]
FEW = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.5, 3.0, 1e-310, -1e200, inf, -inf, nan]
VERY_FEW = [-1.0, -0.0, 0.0, 0.5, 2.0, inf, -inf, nan]
TOLERANCE = 1e-14
ADDS_UP = {op.name for op in TABLE.values() if "sum" in op.forward.__code__.co_names}
"""Rows computed by Python's `sum`, which from version 3.12 on corrects its rounding: the terms count there."""

RUN = """
const number = (text) => ({"inf": Infinity, "-inf": -Infinity})[text] ?? Number(text);
const shown = (x) => x === null || typeof x === "boolean" ? x : Object.is(x, -0) ? "-0" : String(x);
const results = cases.map(([key, out, operands]) => {
  const program = programs[key];
  const a = operands.map(number);
  return [shown(program.forward(...a)), ...program.partials.map((partial) => shown(partial(number(out), ...a)))];
});
console.log(JSON.stringify(results));
"""


def run(script, directory):
    """What a script prints, elementary.js being there."""
    path = directory / "script.js"
    elementary = files("autograd.stepper").joinpath("assets/elementary.js").read_text(encoding="utf-8")
    path.write_text(f'"use strict";\n{elementary}\n{script}', encoding="utf-8")
    done = subprocess.run([node, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def number(text):
    """A number of JavaScript, None being a zero through which nothing flows."""
    return NoFlow(0.0) if text is None else float(text.replace("Infinity", "inf"))


def lengths_of(op):
    """Lengths of the arguments with which a row is tried."""
    scalars = [1] * (op.arity - op.vectors)
    return [[n] * op.vectors + scalars for n in (1, 2, 3, 4)] if op.vectors else [scalars]


def operands_of(op, lengths):
    """Operands of a row, laid end to end: ordinary ones, kinks, and numbers at which formulas go wrong."""
    draw = random.Random(f"{op.name} {lengths}")
    intervals = [op.domain[index] for index, length in enumerate(lengths) for _ in range(length)]
    yield from ([draw.uniform(*interval) for interval in intervals] for _ in range(30))
    yield from ([10 * draw.uniform(*interval) for interval in intervals] for _ in range(10))
    yield from (flat for flat in map(op.flat, kinks_of(op)) if len(flat) == sum(lengths))
    if len(intervals) <= 3:
        numbers = (SPECIAL, FEW, VERY_FEW)[len(intervals) - 1]
        yield from map(list, itertools.product(numbers, repeat=len(intervals)))
    else:
        yield from ([draw.choice(VERY_FEW) for _ in intervals] for _ in range(100))


def key(op, lengths):
    return f"{op.name}:{','.join(map(str, lengths))}"


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """For every row: operands, what the engine makes of them, and what JavaScript does."""
    programs, cases, expected = {}, [], []
    for op in TABLE.values():
        for lengths in lengths_of(op):
            programs[key(op, lengths)] = javascript_of(op, lengths)
            for operands in operands_of(op, lengths):
                arguments = op.grouped(operands)
                out, partials = op.linearized(*arguments)
                cases.append((key(op, lengths), repr(float(out)), [repr(float(x)) for x in operands]))
                expected.append((op, operands, [out, *op.flat(partials)]))
    functions = (f"{json.dumps(name)}: {source_of(program)}" for name, program in programs.items())
    script = f"const programs = {{{', '.join(functions)}}};\nconst cases = {json.dumps(cases)};\n{RUN}"
    by_row = {}
    for (op, operands, engine), printed in zip(expected, run(script, tmp_path_factory.mktemp("js")), strict=True):
        by_row.setdefault(op.name, []).append((operands, engine, [*map(number, printed)]))
    return by_row


def source_of(program):
    """A program as a JavaScript object."""
    return f"{{forward: {program['forward']}, partials: [{', '.join(program['partials'])}]}}"


def agree(engine, printed, terms=0.0):
    """Whether two numbers are the same, as the head of this file has it."""
    if isinstance(engine, NoFlow) or isinstance(printed, NoFlow):
        return isinstance(engine, NoFlow) and isinstance(printed, NoFlow)
    if math.isnan(engine) or math.isinf(engine) or engine == 0:
        return repr(float(engine)) == repr(printed)
    return math.isclose(engine, printed, rel_tol=TOLERANCE, abs_tol=max(5e-323, 1e-15 * terms))


def size_of_terms(op, operands, index):
    """How large the terms are that a result was added up from."""
    terms = sum(x * x + abs(x) for x in operands) if index == 0 and op.name in ADDS_UP else 0.0
    return terms if math.isfinite(terms) else 0.0


@needs_node
@pytest.mark.parametrize("name", TABLE)
def test_printed_javascript_computes_what_the_engine_does(name, computed):
    assert len(computed[name]) > 50
    wrong = [
        (operands, index, a, b)
        for operands, engine, printed in computed[name]
        for index, (a, b) in enumerate(zip(engine, printed, strict=True))
        if not agree(a, b, size_of_terms(TABLE[name], operands, index))
    ]
    assert not wrong, f"{len(wrong)}, such as {wrong[:5]}"


@needs_node
@pytest.mark.parametrize("function", ["erf", "erfc"])
def test_the_error_function_is_accurate_to_the_last_digits(function, tmp_path):
    mpmath = pytest.importorskip("mpmath", reason="mpmath computes the digits to compare with")
    draw = random.Random(0)
    points = [draw.uniform(low, high) for low, high in ((-1, 1), (-6, 6), (0, 26)) for _ in range(500)]
    points += [0.46875, -0.46875, 4.0, 26.0, 26.5, 27.0, 27.2]
    script = f"console.log(JSON.stringify({points}.map((x) => String(elementary.{function}(x)))))"
    with mpmath.workdps(50):
        for x, printed in zip(points, run(script, tmp_path), strict=True):
            exact = getattr(mpmath, function)(mpmath.mpf(x))
            assert abs(float(printed) - exact) <= 6 * math.ulp(float(exact)), x


@needs_node
def test_a_zero_through_which_nothing_flows_stays_zero_times_infinity(tmp_path):
    script = """console.log(JSON.stringify([
      elementary.product(Infinity, null), elementary.product(NaN, null), elementary.slope(null),
      elementary.product(2, 3), elementary.slope(3), elementary.product(Infinity, 0)]))"""
    assert run(script, tmp_path) == [0, 0, 0, 6, 3, None]  # nan is null in JSON


@needs_node
def test_a_registered_operation_has_its_javascript(tmp_path):
    row = Op(
        "bump",
        lambda xs, height: height * exp(-reduce(add, [x**2 for x in xs])),
        [lambda out, xs, height: [-2 * x * out for x in xs], lambda out, xs, height: out / height],
        domain=[(-2, 2), (1, 2)],
        vectors=1,
    )
    register(row)
    try:
        program = javascript_of(row, [2, 1])
        script = f"const bump = {source_of(program)}; const a = [0.5, -1, 3], out = bump.forward(...a);"
        script += "console.log(JSON.stringify([out, ...bump.partials.map((partial) => partial(out, ...a))]))"
        out, partials = row.linearized([0.5, -1.0], 3.0)
        assert run(script, tmp_path) == pytest.approx([out, *row.flat(partials)], rel=TOLERANCE)
    finally:
        unregister("bump")


@needs_node
def test_rows_within_an_expression_are_computed_or_written_out(tmp_path):
    """Such as silu, which no function of JavaScript computes, and dot, which takes lists."""
    sources, expected = [], []
    for op in TABLE.values():
        arguments = [[x, y, 2.0] if index < op.vectors else x for index in range(op.arity)]
        numbers = [[0.6, 0.7, 2.0] if index < op.vectors else 0.6 for index in range(op.arity)]
        sources.append(to_javascript(2 * Symbol(op, tuple(arguments)) + 1))
        expected.append(2 * op.value(*numbers) + 1)
    script = f"const x = 0.6, y = 0.7; console.log(JSON.stringify([{', '.join(sources)}].map(String)))"
    for op, printed, number_expected in zip(TABLE, run(script, tmp_path), expected, strict=True):
        assert number(printed) == pytest.approx(number_expected, rel=TOLERANCE, nan_ok=True), op


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (lambda x: math.sin(x), "a function of numbers only"),
        (lambda x: x if x > 0 else -x, "a branch"),
    ],
)
def test_rules_that_run_on_numbers_only_have_no_javascript(rule, why):
    assert javascript_of(Op("numbers_only", rule, [lambda out, x: 1.0], domain=[(-1, 1)]), [1]) is None


@needs_node
@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.vectors], ids=lambda op: op.name)
def test_a_forward_rule_of_a_long_vector_is_neither_too_deep_nor_too_long(op, tmp_path):
    """The formula of the largest of n numbers has 4^n parts, were those used more than once not computed first."""
    length = 40
    scalars = [0.5] * (op.arity - op.vectors)
    program = javascript_of(op, [length] * op.vectors + [1] * len(scalars))
    operands = [math.sin(i + 1) for i in range(length * op.vectors)] + scalars
    printed = run(f"console.log(String(({program['forward']})(...{operands})))", tmp_path)
    assert float(printed) == pytest.approx(op.value(*op.grouped(operands)), rel=1e-13, nan_ok=True)


def test_functions_too_long_for_a_page_are_none():
    assert javascript_of(TABLE["dot"], [500, 500]) is not None
    assert javascript_of(TABLE["max"], [500]) is None


@pytest.mark.parametrize(
    ("name", "lengths", "said"),
    [
        ("mul", [1], r"mul takes 2 arguments, the first 0 of them vectors .* got the lengths \[1\]"),
        ("mul", [2, 2], "mul takes 2 arguments"),
        ("dot", [2, 3], r"the first 2 of them vectors of one length, got the lengths \[2, 3\]"),
        ("affine", [2, 2, 2], "affine takes 3 arguments"),
    ],
)
def test_lengths_that_do_not_fit_are_refused(name, lengths, said):
    with pytest.raises(ValueError, match=said):
        javascript_of(TABLE[name], lengths)


@pytest.mark.parametrize("name", ["a b", "alert(1)", "x;y", "", "</script>", "λ"])
def test_a_name_that_is_none_in_javascript_is_refused(name):
    with pytest.raises(ValueError, match="a name in JavaScript is made of letters, digits and _"):
        to_javascript(Symbol(name) + 1)


@pytest.mark.parametrize(
    ("expression", "source"),
    [
        (x - -1, "x - -1"),
        (-x.neg(), "-(-x)"),
        (-(x * -1.0), "-(x * -1)"),
        (x * inf - nan, "x * Infinity - NaN"),
        (x + -0.0, "x + -0"),
        (x / 1e-300, "x / 1e-300"),
        ((x < 1).where(x, y) * 2, "(x < 1 ? x : y) * 2"),
        (x.where(1.0, 2.0), "(x !== 0 ? 1 : 2)"),
        (x**-0.5, "elementary.pow(x, -0.5)"),
    ],
)
def test_javascript_has_its_own_spellings(expression, source):
    assert to_javascript(expression) == source


def test_what_is_used_twice_is_computed_once():
    square = Op("twice", lambda x: (lambda part: part * part)(x + 1), [lambda out, x: 2 * (x + 1)], domain=[(0, 1)])
    assert javascript_of(square, [1])["forward"] == "(a0) => { const t0 = a0 + 1; return t0 * t0; }"


def test_elementary_js_can_stand_in_one_line_of_a_page():
    """A host may join lines, and a page has it between script tags: no // comments, no closing tags, no imports."""
    source = files("autograd.stepper").joinpath("assets/elementary.js").read_text(encoding="utf-8")
    assert not re.search(r"//|</|<!--|\beval\b|\bimport\b|\bFunction\(", source)
    assert max(map(len, source.splitlines())) <= 120
