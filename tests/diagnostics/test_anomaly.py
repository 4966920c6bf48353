"""The first NaN or infinity is found, and the message names the right culprit."""

from __future__ import annotations

import copy
import inspect
import math

import pytest

import autograd
from autograd import TABLE, Op, Value, no_grad, register, unregister
from autograd.diagnostics.anomaly import AnomalyError, detect_anomaly
from autograd.diagnostics.remedies import BACKWARD, FORWARD, Remedy

inf, nan = math.inf, math.nan


def here() -> int:
    """The line that calls this."""
    frame = inspect.currentframe()
    assert frame is not None and frame.f_back is not None
    return frame.f_back.f_lineno


def anomaly(run, **options) -> AnomalyError:
    with pytest.raises(AnomalyError) as caught, detect_anomaly(**options):
        run()
    return caught.value


FORWARD_ANOMALIES = {
    "log of zero": (lambda x: x.log(), 0.0, "log gave -inf", "logarithm of 0", "log_softmax"),
    "log of a negative number": (lambda x: x.log(), -1.0, "log gave nan", "negative number", "clamp"),
    "exp": (lambda x: x.exp(), 1000.0, "exp gave inf", "overflows", "logsumexp"),
    "division by zero": (lambda x: 2 / x, 0.0, "div gave inf", "division by zero", "1e-12"),
    "zero by zero": (lambda x: x / x, 0.0, "div gave nan", "0 / 0", "1e-12"),
    "sqrt of a negative number": (lambda x: x.sqrt(), -4.0, "sqrt gave nan", "square root of a negative", "where"),
    "fractional power": (lambda x: x**0.5, -4.0, "pow gave nan", "fractional power", "abs(x)"),
    "power of zero": (lambda x: x**-1, 0.0, "pow gave inf", "division by zero", "1e-12"),
    "growing product": (lambda x: x * x, 1e200, "mul gave inf", "too large for a float", "learning rate"),
    "growing sum": (lambda x: x + x, 1e308, "add gave inf", "too large for a float", "learning rate"),
    "growing dot product": (lambda x: autograd.dot([x, x], [x, 1.0]), 1e200, "dot gave inf", "too large", "clipping"),
}


@pytest.mark.parametrize("case", FORWARD_ANOMALIES)
def test_the_forward_pass_says_what_happened_why_and_what_to_do(case):
    run, at, title, cause, remedy = FORWARD_ANOMALIES[case]
    error = anomaly(lambda: run(Value(at, "x")))
    assert str(error).splitlines()[0] == f"{title} in the forward pass"
    assert cause in str(error)
    assert remedy in error.remedy
    assert f"x = {at:g}" in str(error)
    assert "it began earlier" not in str(error)
    assert error.__suppress_context__ and error.__cause__ is None, "no ValueError of the math module above it"


BACKWARD_ANOMALIES = {
    "root at zero": (lambda x: x.sqrt(), 0.0, "sqrt gave inf", "slope at 0 is infinite", "add a small eps"),
    "power below one": (lambda x: x**0.5, 0.0, "pow gave inf", "slope at 0 is infinite", "add a small eps"),
    "branch not taken": (
        lambda x: autograd.where(False, x.sqrt(), 1.0),
        0.0,
        "sqrt gave nan",
        "0 times an infinite slope",
        "choose the operand first",
    ),
}


@pytest.mark.parametrize("case", BACKWARD_ANOMALIES)
def test_the_backward_pass_says_what_happened_why_and_what_to_do(case):
    run, at, title, cause, remedy = BACKWARD_ANOMALIES[case]
    error = anomaly(lambda: run(Value(at, "x")).backward())
    assert str(error).splitlines()[0] == f"the backward pass through {title}"
    assert cause in str(error)
    assert remedy in error.remedy


def test_exploding_gradients():
    """Every number of the forward pass is moderate; the product of the slopes is not."""
    x = Value(1e-300, "x")
    error = anomaly(lambda: ((x * 1e200) * 1e200).backward())
    assert "upstream gradient 1e+200 * local derivative 1e+200 = inf" in str(error)
    assert "explode" in error.remedy


def test_the_line_of_the_forward_pass_is_named_by_an_error_of_the_backward_pass():
    x = Value(0.0, "x")
    with pytest.raises(AnomalyError) as caught, detect_anomaly():
        root, line = x.sqrt(), here()
        result = root * 3.0
        result.backward()
    assert caught.value.node is root
    assert caught.value.line.number == line
    assert caught.value.line.filename == __file__
    assert f'File "{__file__}", line {line}, in test_the_line' in str(caught.value)
    assert "root, line = x.sqrt(), here()" in str(caught.value)


def test_the_line_is_the_users_also_when_a_layer_computes():
    import nn

    layer = nn.Linear(2, 1)
    with pytest.raises(AnomalyError) as caught, detect_anomaly():
        line = here() + 1
        layer([inf, 1.0])
    assert caught.value.line.number == line
    assert caught.value.line.filename == __file__


def test_gradients_of_leaves_are_as_before_after_an_error_of_the_backward_pass():
    x = Value(0.0, "x")
    x.grad = 7.0
    anomaly(lambda: x.sqrt().backward())
    assert x.grad == 7.0


def test_without_a_nan_or_an_infinity_nothing_happens():
    x = Value(2.0)
    with detect_anomaly():
        ((x * x).log() + x).backward()
    assert x.grad == 2.0
    (x - 2.0).log()  # and after the block everything goes as before
    assert autograd.core.recording.open_blocks == []


@pytest.mark.parametrize("number", [inf, -inf, nan])
def test_a_leaf_that_held_it_already_is_named_and_not_the_operation(number):
    leaf = Value(number, "reading")
    error = anomaly(lambda: leaf * 2.0 + 1.0)
    assert error.origin is leaf
    assert f"the leaf 'reading' held {number:g} before anything was computed" in str(error)
    assert "data that was read" in error.remedy
    assert ("allow_inf" in error.remedy) == math.isinf(number)


def test_a_constant_that_was_given_is_named():
    error = anomaly(lambda: Value(1.0, "x") * nan)
    assert "the constant nan among the operands was given by the program" in str(error)


def test_what_began_before_the_block_is_traced_to_its_operation():
    p = Value(0.0, "p")
    early = p.log()
    early.label = "early"
    late = early * 2.0  # -inf as well
    error = anomaly(lambda: late + 1.0)
    assert error.origin is early
    assert "it began earlier: log (the node 'early') gave -inf" in str(error)
    assert "log(p = 0)" in str(error)
    assert "outside the block" in str(error)


def test_the_first_bad_ancestor_is_looked_for_among_what_the_result_depends_on():
    """A branch that is not chosen, a default bound of clamp: infinities that have nothing to do with the NaN."""
    bad = Value(nan, "bad")
    assert anomaly(lambda: autograd.where(True, bad, Value(inf))).origin is bad
    assert anomaly(lambda: autograd.clamp(bad)).origin is bad
    hidden = Value(nan, "hidden")
    assert anomaly(lambda: autograd.where(False, hidden, bad)).origin is bad
    infinite = Value(inf, "infinite")
    assert anomaly(lambda: autograd.where(True, infinite, hidden)).origin is infinite


def test_an_operand_that_is_not_finite_may_have_a_finite_result():
    x = Value(3.0, "x")
    with detect_anomaly():
        (autograd.maximum(x, -inf) + Value(inf).tanh()).backward()
    assert x.grad == 1.0


def test_an_infinity_on_purpose_passes_where_it_is_allowed():
    """A masked softmax: the masked score gets no weight and no gradient."""
    scores = [Value(1.0), Value(2.0), Value(3.0)]

    def masked():
        exponentials = [score.exp() for score in (scores[0], scores[1], scores[2] + -inf)]
        (exponentials[0] / (exponentials[0] + exponentials[1] + exponentials[2])).backward()

    assert "allow_inf" in anomaly(masked).remedy
    for score in scores:
        score.grad = 0.0
    with detect_anomaly(allow_inf=True):
        masked()
    share = 1 / (1 + math.e)
    assert [score.grad for score in scores] == pytest.approx([share * (1 - share), -share * (1 - share), 0.0])


@pytest.mark.parametrize(
    "run",
    [
        lambda: Value(0.0).log(),
        lambda: Value(1000.0).exp(),
        lambda: Value(0.0).sqrt().backward(),
        lambda: Value(nan) + 1.0,
        lambda: Value(inf) - inf,
        lambda: Value(inf) * 0.0,
    ],
)
def test_an_infinity_of_finite_numbers_and_a_nan_do_not_pass_even_so(run):
    anomaly(run, allow_inf=True)


def test_a_nan_made_of_allowed_infinities_is_blamed_on_the_operation():
    for made in (lambda: Value(inf, "x") - inf, lambda: inf - Value(inf, "x")):
        error = anomaly(made, allow_inf=True)
        assert "inf - inf has no value" in str(error)
        assert error.origin is error.node
    assert "0 * inf has no value" in str(anomaly(lambda: Value(inf, "x") * 0.0, allow_inf=True))


def test_an_infinity_that_a_node_made_by_hand_passed_on_is_traced_back_through_it():
    reading, fine = Value(inf, "reading"), Value(2.0)
    by_hand = Value(inf, (fine, reading), "larger")
    error = anomaly(lambda: by_hand * 2.0)
    assert error.origin is reading
    alone = Value(inf, (fine,), "square")
    error = anomaly(lambda: alone * 2.0)
    assert error.origin is alone


def test_the_gradient_that_starts_the_pass():
    error = anomaly(lambda: (Value(1.0) * 2.0).backward(gradient=nan))
    assert "starts with a gradient of nan" in str(error)


def test_a_frozen_leaf_takes_no_gradient_and_so_no_harm():
    x, y = Value(0.0), Value(5.0)
    x.requires_grad = False
    with detect_anomaly():
        (x.sqrt() + y).backward()
    assert (x.grad, y.grad) == (0.0, 1.0)


def test_a_chain_rule_by_hand():
    x = Value(1.0, "x")
    result = Value(2.0, (x,), "twice")

    def by_hand():
        x.grad += nan

    result._backward = by_hand
    error = anomaly(result.backward)
    assert "the backward pass through twice (the node 'result') gave nan" in str(error)
    assert "the rule made by hand left nan in the gradient of the leaf 'x'" in str(error)


def test_a_registered_operation_is_answered_by_the_general_remedies_and_may_bring_its_own():
    pole = register(Op("pole", lambda x: 1 / (x - 7), [lambda out, x: -out * out], domain=[(-3, 3)]))
    try:
        assert "a pole of the operation" in str(anomaly(lambda: Value(7.0, "x").pole()))
        FORWARD["pole"] = [Remedy(lambda x: x == 7, "seven is the pole", "avoid seven")]
        assert anomaly(lambda: Value(7.0, "x").pole()).remedy == "avoid seven"
        assert "pole(x = 7)" in str(anomaly(lambda: autograd.apply(pole, Value(7.0, "x"))))
    finally:
        FORWARD.pop("pole", None)
        unregister("pole")


def test_every_remedy_is_for_an_operation_there_is():
    assert {*FORWARD, *BACKWARD} <= {*autograd.TABLE}


def test_of_many_operands_those_that_are_not_finite_are_shown():
    xs = [Value(1.0, f"x{i}") for i in range(50)]
    xs[30].data = nan
    error = anomaly(lambda: autograd.dot(xs, [1.0] * 50))
    assert "dot(x30 = nan, and 99 more)" in str(error)


def test_the_block_keeps_no_graph_alive():
    with detect_anomaly() as block:
        x = Value(2.0)
        for _ in range(1000):
            (x * 3.0 + 1.0).backward()
        assert len(block._lines) < 200  # of 2,000; an address is used again, sooner or later
    assert block._lines == {}


def test_a_line_is_never_that_of_another_result_in_the_same_place():
    """A result made by a copy is not observed, and may lie where an observed one lay."""
    with detect_anomaly() as block:
        observed = Value(2.0) * 3.0
        assert block._line(observed).filename == __file__
        other = copy.deepcopy(Value(5.0) * 7.0)
        block._lines[id(other)] = block._lines[id(observed)]
        assert block._line(other) is None


def test_a_chain_of_a_hundred_thousand_nodes():
    early = Value(0.0, "p").log()
    late = early
    for _ in range(100_000):
        late = late + 1.0
    error = anomaly(lambda: late * 2.0)
    assert error.origin is early


def test_it_nests_with_other_blocks_and_sees_nothing_inside_no_grad():
    with detect_anomaly(), no_grad():
        assert (Value(0.0).log()).data == -inf


@pytest.mark.parametrize("name", [op.name for op in TABLE.values() if op.arity == 1 and not op.vectors])
@pytest.mark.parametrize("x", [1000.0, -1000.0, 30.0])
def test_a_branch_that_a_rule_does_not_take_is_no_anomaly_of_the_second_derivative(name, x):
    def second(at):
        leaf = Value(at, "x")
        y = getattr(autograd, name)(leaf)
        y.backward(create_graph=True)
        return [y.data, float(leaf.grad), *([leaf.grad.data] if isinstance(leaf.grad, Value) else [])]

    expected = second(x)
    if all(map(math.isfinite, expected)):
        with detect_anomaly():
            assert second(x) == expected
