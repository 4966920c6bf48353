"""Rows of one's own: registered and removed, with the same rights as built-in ones, and slips in them said early."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from fractions import Fraction

import pytest

import autograd
from autograd import TABLE, Op, Value, register, unregister
from autograd.core.elementary import where
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


def test_a_name_that_is_taken_is_refused_with_what_to_do(cube):
    other = Op("cube", lambda x: x, [lambda out, x: 1.0], domain=[(-1, 1)])
    said = r"an operation 'cube' already; choose .* register\(op, replace=True\), or .* unregister\('cube'\)"
    with pytest.raises(ValueError, match=said) as caught:
        register(other)
    assert "\n" not in str(caught.value)
    assert TABLE["cube"] is cube
    assert register(other, replace=True) is other is TABLE["cube"]


@pytest.mark.parametrize("replace", ["yes", 1, None])
def test_replace_is_true_or_false(cube, replace):
    with pytest.raises(TypeError, match=f"replace must be True or False, got {replace!r}"):
        register(cube, replace=replace)


def test_a_built_in_row_is_not_replaced():
    with pytest.raises(ValueError, match="the operation 'tanh' is built in and other rules use it"):
        register(Op("tanh", lambda x: x, [lambda out, x: 1.0], domain=[(-1, 1)]), replace=True)
    assert Value(1.0).tanh().data == math.tanh(1.0)


CELL = """
op = register(Op("cell", lambda x: {slope} * x, [lambda out, x: {slope}], domain=[(-2, 2)]))
"""


def run_cell(number, **parts):
    """A cell of a notebook, which is compiled under another file name each time that it is run."""
    namespace = {"__name__": "__main__", "register": register, "Op": Op}
    exec(compile(CELL.format(**parts), f"/tmp/kernel_1/{number}.py", "exec"), namespace)
    return namespace["op"]


def test_a_cell_that_runs_again_replaces_its_operation_wherever_it_was_kept():
    try:
        first = run_cell(1, slope=2.0)
        kept = autograd.cell
        old = Value(1.0).cell()
        assert (kept(1.0), old.data, parse("cell(x)", {"x": 1.0}).data) == (2.0, 2.0, 2.0)
        second = run_cell(2, slope=3.0)
        assert TABLE["cell"] is second is not first
        x = Value(1.0)
        for call in (kept, autograd.cell, Value.cell, lambda x: x.cell(), lambda x: parse("cell(x)", {"x": x.data})):
            assert (call(x).data, call(x).local_derivatives) == (3.0, (3.0,))
        assert kept(1.0) == autograd.cell(1.0) == 3.0
        assert repr(kept([Value(1.0)][0])) == repr(x.cell())
        old.backward()  # a graph of the old one stays as it was built
        assert (old.op, old.local_derivatives) == (first, (2.0,))
        with pytest.raises(ValueError, match="two operations called 'cell', one of which has replaced the other"):
            step_through(old + x.cell())
    finally:
        unregister("cell")


def test_one_place_is_one_function_or_one_module_outside_of_any():
    def elsewhere():
        return Op("cell", lambda x: x, [lambda out, x: 1.0], domain=[(-2, 2)])

    try:
        register(elsewhere())
        register(elsewhere())
        with pytest.raises(ValueError, match="there is an operation 'cell' already"):
            run_cell(1, slope=2.0)
        register(Op("other", math.sin, [lambda out, x: math.cos(x)], domain=[(-1, 1)]))
        with pytest.raises(ValueError, match="there is an operation 'other' already"):
            register(Op("other", math.sin, [lambda out, x: math.cos(x)], domain=[(-1, 1)]))
    finally:
        unregister("cell")
        unregister("other")


def test_a_row_that_cannot_take_the_place_leaves_the_old_one(cube):
    with pytest.raises(ValueError, match="the forward rule of 'cube' does not run"):
        register(Op("cube", lambda x: None, [lambda out, x: 1.0], domain=[(-1, 1)]), replace=True)
    assert TABLE["cube"] is cube
    assert Value(2.0).cube().data == 8.0


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
        (
            lambda: Op("f", lambda x: x, [lambda out, x: 1.0], domain=[(0, 1)], vectors=2),
            "vectors of operation .f. must be a whole number from 0 to 1, .*, got 2",
        ),
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
        (lambda: unregister(Op("f", lambda x: x, [lambda out, x: 1.0], domain=[(0, 1)])), r"write unregister\('f'\)"),
        (
            lambda: register(Op("f", lambda xs: 1.0, [lambda out, xs: 1.0], domain=[(0, 1)], vectors=1)),
            "must give a list with one derivative for each element of the vector, got 1.0",
        ),
        (
            lambda: register(row(kinks=lambda x: [[x]])),
            r"kinks of operation 'f' must give a number .* got \[\[0\.5\]\]",
        ),
        (lambda: register(row(kinks=lambda x: "a")), "kinks of operation 'f' must give a number .* got 'a'"),
        (lambda: register(row(kinks=lambda x: [])), r"kinks of operation 'f' must give a number .* got \[\]"),
        (lambda: row(kinks=lambda x, y: x), "the kinks rule of 'f' takes 2 arguments but must take 1"),
        (lambda: row(lambda x, y: x), "the forward rule of 'f' takes 2 arguments but must take 1"),
        (lambda: row(lambda: 1.0), "the forward rule of 'f' takes 0 arguments but must take 1"),
        (
            lambda: row(partials=[lambda x: 1.0]),
            "number 1 of 'f' takes 1 argument but must take 2, the value and then the arg",
        ),
        (
            lambda: row(partials=[lambda out, x, y: 1.0]),
            "partial derivative number 1 of 'f' takes 3 arguments but must take 2",
        ),
        (lambda: row(partials=[]), "operation 'f' needs a partial derivative for each argument"),
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


def row(forward=lambda x: x, partials=(lambda out, x: 1.0,), **options):
    return Op("f", forward, partials, **{"domain": [(0, 1)], **options})


def of_three(**options):
    return row(lambda x, y, z: x, [lambda out, x, y, z: 1.0] * 3, domain=[(0, 1)] * 3, **options)


def test_an_operation_of_three_arguments_has_no_symbol():
    said = r"operation 'f' has 3 arguments, so it is written f\(\.\.\.\), got the symbol '~', .* leave symbol out"
    with pytest.raises(ValueError, match=said):
        of_three(symbol="~")
    assert of_three().arity == 3


def test_rules_that_take_any_number_of_arguments_or_have_defaults_are_let_through():
    assert row(lambda *xs: xs[0], [lambda out, x, more=1.0: more]).arity == 1


def test_several_kinds_of_kinks_are_a_list():
    op = row(kinks=lambda x: [x - 1.0, math.nan, x + 1.0], domain=[(-2, 2)])
    assert [op.is_on_kink([x]) for x in (1.0, -1.0, 0.5)] == [True, True, False]
    assert op.distance_to_kink(0.75) == 0.25


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
        ({"symbol": " "}, "symbol of operation 'f' must be visible characters .* got ' '"),
        ({"symbol": "a\nb"}, "symbol of operation 'f' must be visible characters"),
        ({"vectors": 0.5}, r"vectors of operation .f. must be a whole number from 0 to 1, .*, got 0\.5"),
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
