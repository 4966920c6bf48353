"""Rows of one's own: registered and removed, with the same rights as built-in ones, and slips in them said early."""

from __future__ import annotations

import copy
import json
import math
import pickle
import subprocess
import sys
from fractions import Fraction
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
from autograd.text.listing import listing
from autograd.text.parser import parse
from autograd.trace.trace import step_through


@pytest.fixture
def cube():
    op = register(Op("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], domain=[(-2, 2)]))
    yield op
    unregister("cube")


def test_a_registered_row_is_a_method_a_function_a_formula_and_twice_differentiable(cube):
    x = Value(2.0, "x")
    y = x.cube()
    y.backward(create_graph=True)
    slope, x.grad = x.grad, 0.0
    slope.backward()
    assert (y.data, slope.data, x.grad) == (8.0, 12.0, 12.0)
    assert autograd.cube(2.0) == 8.0
    assert autograd.cube(x).op is cube
    assert parse("cube(x) + 1", {"x": 2.0}).data == 9.0
    assert step_through(autograd.cube(x)).steps[0].rule == "3 * x * x"
    assert Value.cube.__code__.co_filename == "<cube, compiled from the table>"


# ---------------------------------------------------------------------- one row is all that every view needs

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


def test_a_removed_row_leaves_no_name_behind(cube):
    autograd.cube(1.0)
    unregister("cube")
    try:
        assert not hasattr(autograd, "cube")
        assert not hasattr(Value(1.0), "cube")
    finally:
        register(cube)


def test_a_row_whose_rules_only_run_on_numbers_still_works():
    register(Op("gamma", lambda x: math.gamma(x), [lambda out, x: out * (x - 1)], domain=[(1, 2)]))
    try:
        x = Value(3.0)
        (x.gamma() * 2).backward()
        assert x.grad == 8.0
    finally:
        unregister("gamma")


def test_a_name_that_is_taken_is_refused(cube):
    with pytest.raises(ValueError, match="there is an operation 'cube' already; choose another name"):
        register(cube)


@pytest.mark.parametrize("name", ["data", "backward", "grad", "op"])
def test_a_name_that_value_uses_for_something_else_is_refused(name):
    with pytest.raises(ValueError, match=f"'{name}' is taken by something else; choose another name"):
        register(Op(name, lambda x: x, [lambda out, x: 1.0], domain=[(-1, 1)]))
    assert name not in TABLE


def test_a_row_needs_one_interval_per_argument():
    with pytest.raises(ValueError, match="operation 'f' has 1 partial derivatives but 2 domain intervals"):
        Op("f", lambda x: x, [lambda out, x: 1.0], domain=[(0, 1), (0, 1)])


def test_a_row_is_pickled_by_name():
    assert pickle.loads(pickle.dumps(TABLE["tanh"])) is TABLE["tanh"]


# ---------------------------------------------------------------------- slips in a row of one's own


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Op("f", lambda x: x, lambda out, x: 1.0, domain=[(0, 1)]), "needs a list of partial derivatives"),
        (lambda: Op("f", lambda x: x, [1.0], domain=[(0, 1)]), "needs a list of partial derivatives"),
        (lambda: Op("lambda", lambda x: x, [lambda out, x: 1.0], domain=[(0, 1)]), "must be a plain identifier"),
        (lambda: Op("_f", lambda x: x, [lambda out, x: 1.0], domain=[(0, 1)]), "must be a plain identifier"),
        (lambda: Op(None, lambda x: x, [lambda out, x: 1.0], domain=[(0, 1)]), "must be a plain identifier"),
        (lambda: Op("f", lambda x: x, [lambda out, x: 1.0], domain=[(0, 1)], vectors=2), "vectors cannot be 2"),
        (lambda: register("f"), "register takes an Op, got 'f'"),
        (lambda: register(Op("f", lambda x, y: x, [lambda out, x: 1.0], domain=[(0, 1)])), "the forward rule of 'f'"),
        (
            lambda: register(Op("f", lambda x: x, [lambda x: 1.0], domain=[(0, 1)])),
            "partial derivative number 1 of 'f'",
        ),
        (lambda: register(Op("f", lambda x: "a", [lambda out, x: 1.0], domain=[(0, 1)])), "the forward rule of 'f'"),
        (
            lambda: register(Op("f", lambda xs: 1.0, [lambda out, xs: [1.0]], domain=[(0, 1)], vectors=1)),
            "gives 1 derivatives for a vector of 2 elements",
        ),
        (
            lambda: register(Op("f", lambda xs: 1.0, [lambda out, xs: 1.0], domain=[(0, 1)], vectors=1)),
            "partial derivative number 1 of 'f'",
        ),
        (lambda: register(Op("gradcheck", lambda x: x, [lambda out, x: 1.0], domain=[(0, 1)])), "is taken"),
        (lambda: register(Op("core", lambda x: x, [lambda out, x: 1.0], domain=[(0, 1)])), "is taken"),
        (lambda: register(Op("stepper", lambda x: x, [lambda out, x: 1.0], domain=[(0, 1)])), "is taken"),
        (lambda: unregister("tanh"), "'tanh' is built in"),
    ],
)
def test_a_slip_in_a_row_is_said_when_it_is_registered(make, message):
    table = dict(TABLE)
    with pytest.raises((ValueError, TypeError), match=message):
        make()
    assert table == TABLE


@pytest.mark.parametrize("name", ["x", "a", "out", "node", "dx", "method", "forward"])
def test_a_row_may_have_any_name_that_generated_code_might_use(name):
    register(Op(name, lambda x: 3 * x, [lambda out, x: 3.0], domain=[(0, 1)]))
    call = getattr(autograd, name)
    register(Op("user", lambda x: call(x) * x, [lambda out, x: 2 * call(x)], domain=[(0, 1)]))
    try:
        x = Value(2.0)
        x.user().backward()
        assert (x.user().data, x.grad) == (12.0, 12.0)
    finally:
        unregister("user")
        unregister(name)


def test_a_rule_with_equality_is_not_compiled_into_something_else():
    register(Op("spike", lambda x: where(x == 2, 5.0, x), [lambda out, x: where(x == 2, 0.0, 1.0)], domain=[(-3, 3)]))
    try:
        assert Value(2.0).spike().data == autograd.spike(2.0) == autograd.spike(Value(2.0)).data == 5.0
        with pytest.raises(TypeError, match="'spike' run on numbers only, so it has no second derivative"):
            Value(2.0).spike().backward(create_graph=True)
    finally:
        unregister("spike")


def test_a_rule_for_numbers_only_has_no_silent_second_derivative():
    register(Op("mexp", lambda x: math.exp(x), [lambda out, x: math.exp(x)], domain=[(-1, 1)]))
    try:
        x = Value(0.5)
        x.mexp().backward()
        assert x.grad == math.exp(0.5)
        with pytest.raises(TypeError, match=r"'mexp' run on numbers only.*autograd\.exp, not math\.exp"):
            x.mexp().backward(create_graph=True)
    finally:
        unregister("mexp")


SCALE = [1.0]


def test_a_rule_that_reads_a_variable_is_run_each_time():
    register(Op("scaled", lambda x: SCALE[0] * x, [lambda out, x: SCALE[0]], domain=[(0, 1)]))
    try:
        x = Value(2.0)
        x.scaled()
        SCALE[0] = 10.0
        x.scaled().backward()
        assert (x.scaled().data, x.grad) == (20.0, 10.0)
    finally:
        SCALE[0] = 1.0
        unregister("scaled")


@pytest.mark.parametrize(
    ("power", "at", "expected"), [(2, 1e200, math.inf), (-1, 0.0, math.inf), (0.5, -4.0, math.nan)]
)
def test_plain_powers_in_a_rule_are_ieee_754_in_every_form(power, at, expected):
    forward = {2: lambda x: x**2, -1: lambda x: x**-1, 0.5: lambda x: x**0.5}[power]
    op = register(Op("powered", forward, [lambda out, x: 1.0], domain=[(1, 2)]))
    try:
        for result in (Value(at).powered(), autograd.powered(Value(at)), autograd.apply(op, Value(at))):
            assert repr(result.data) == repr(expected)
    finally:
        unregister("powered")


@pytest.mark.native
def test_a_method_put_on_the_class_by_hand_stays_there():
    code = (
        "from autograd import Value\n"
        "kept = Value.__mul__\n"
        "Value.__mul__ = lambda a, b: 'mine'\n"
        "x = Value(2.0)\n"
        "assert (2 * x).data == 4.0\n"
        "assert x * x == 'mine'\n"
        "assert kept(x, 3.0).data == 6.0\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def row(**options):
    return Op("f", lambda x: x, [lambda out, x: 1.0], **{"domain": [(0, 1)], **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"domain": [(1, -1)]}, r"low <= high, for each argument, got \(1, -1\)"),
        ({"domain": [(math.nan, 1)]}, r"\(low, high\) of finite numbers, .* got \(nan, 1\)"),
        ({"domain": [(-math.inf, math.inf)]}, r"finite numbers, .* got \(-inf, inf\)"),
        ({"domain": [(0, 1, 2)]}, r"got \(0, 1, 2\)"),
        ({"domain": [1]}, "got 1"),
        ({"domain": ["ab"]}, "got 'ab'"),
        ({"domain": 1}, "operation 'f' needs a domain such as .* got 1"),
        ({"kinks": "a"}, "kinks of operation 'f' must be a function .* or None, got 'a'"),
        ({"defaults": [1.0, 2.0]}, "operation 'f' has 1 argument that may have a default, so 2 defaults are too many"),
        ({"defaults": ["a"]}, r"defaults of operation 'f' must be numbers, .* got \['a'\]"),
        ({"defaults": 1.0}, r"defaults of operation 'f' must be numbers, .* got 1\.0"),
        ({"symbol": 5}, "symbol of operation 'f' must be a string, .* got 5"),
        ({"analytic": "no"}, "analytic of operation 'f' must be True or False, got 'no'"),
        ({"precedence": "high"}, "precedence of operation 'f' must be a whole number, .* got 'high'"),
        ({"vectors": 0.5}, r"so vectors cannot be 0\.5"),
    ],
    ids=repr,
)
def test_a_slip_in_an_option_of_a_row_is_refused_in_one_sentence(options, message):
    with pytest.raises((TypeError, ValueError), match=message) as caught:
        row(**options)
    assert "'f'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_forward_rule_must_be_a_function():
    with pytest.raises(TypeError, match=r"operation 'f' needs a function as its forward rule, .* got 2"):
        Op("f", 2, [lambda out, x: 1.0], domain=[(0, 1)])


def test_a_domain_may_be_one_point_and_hold_numbers_of_any_kind():
    assert row(domain=[(1, 1)]).domain == ((1, 1),)
    assert row(domain=([Fraction(1, 2), True],)).domain == ([Fraction(1, 2), True],)
