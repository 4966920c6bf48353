"""Losses by closed forms, at the extremes, and for wrong shapes."""

from __future__ import annotations

import math
from functools import partial
from inspect import signature

import pytest
from hypothesis import given, strategies as st

import nn
from autograd import Value, gradcheck, topological_order
from nn import functional as F  # noqa: N812
from nn.modules.base_loss import Loss
from nn.registry import declared

scores = st.lists(st.floats(-20, 20), min_size=2, max_size=5)


@given(scores)
def test_softmax_is_a_distribution_and_shift_invariant(x):
    p = F.softmax(x)
    assert math.fsum(p) == pytest.approx(1.0, abs=1e-12)
    assert F.softmax([v + 7.0 for v in x]) == pytest.approx(p, abs=1e-12)
    assert [math.exp(v) for v in F.log_softmax(x)] == pytest.approx(p, abs=1e-12)


@given(scores, st.data())
def test_the_gradient_of_cross_entropy_is_p_minus_one_hot(x, data):
    target = data.draw(st.integers(0, len(x) - 1))
    logits = [Value(v) for v in x]
    nn.CrossEntropyLoss()(logits, target).backward()
    expected = [p - (i == target) for i, p in enumerate(F.softmax(x))]
    assert [v.grad for v in logits] == pytest.approx(expected, abs=1e-12)


@given(st.floats(-30, 30), st.floats(0, 1))
def test_the_gradient_of_bce_with_logits_is_sigmoid_minus_target(x, y):
    logit = Value(x)
    loss = nn.BCEWithLogitsLoss()(logit, y)
    loss.backward()
    p = 1 / (1 + math.exp(-x))
    assert logit.grad == pytest.approx(p - y, abs=1e-12)
    assert loss.data == pytest.approx(y * math.log1p(math.exp(-x)) + (1 - y) * math.log1p(math.exp(x)), rel=1e-12)


def test_losses_never_overflow():
    assert F.cross_entropy([1e4, -1e4], 1) == 2e4
    assert F.binary_cross_entropy_with_logits([1e4, -1e4], [0.0, 1.0], reduction="sum") == 2e4
    x = Value(-1e4)
    F.binary_cross_entropy_with_logits(x, 1.0).backward()
    assert x.grad == -1.0


def test_mse_and_reductions():
    pairs = [1.0, 2.0, 5.0], [0.0, 4.0, 5.0]
    assert nn.MSELoss()(*pairs) == pytest.approx(5 / 3)
    assert nn.MSELoss(reduction="sum")(*pairs) == 5.0
    assert nn.MSELoss(reduction="none")(*pairs) == [1.0, 4.0, 0.0]


POINT = [0.7, -0.4, 1.9]


@pytest.mark.parametrize(
    "loss",
    [
        lambda *x: F.mse_loss(x, [0.3, -1.0, 2.0]),
        lambda *x: F.l1_loss(x, [0.3, -1.0, 2.0]),
        lambda *x: F.huber_loss(x, [0.3, -1.0, -2.0], delta=0.5),
        lambda *x: F.smooth_l1_loss(x, [0.3, -1.0, -2.0], beta=0.5),
        lambda *x: F.cross_entropy(x, 2),
        lambda *x: F.cross_entropy(x, [0.2, 0.5, 0.3]),
        lambda *x: F.cross_entropy(x, 2, [1.0, 3.0, 0.5], label_smoothing=0.1),
        lambda *x: F.cross_entropy(POINT, F.softmax(x)),
        lambda *x: F.nll_loss(x, 1, [1.0, 3.0, 0.5]),
        lambda *x: F.kl_div(x, [0.2, 0.5, 0.3]),
        lambda *x: F.kl_div(POINT, F.softmax(x)),
        lambda *x: F.kl_div(POINT, x, log_target=True),
        lambda *x: F.binary_cross_entropy(F.sigmoid(x), [1.0, 0.0, 0.3]),
        lambda *x: F.binary_cross_entropy_with_logits(x, [1.0, 0.0, 0.5]),
        lambda *x: F.binary_cross_entropy_with_logits(x, [1.0, 0.0, 0.3], [1.0, 2.0, 3.0], pos_weight=2.0),
        lambda *x: F.hinge_loss(x, [1, -1, -1]),
        lambda *x: F.soft_margin_loss(x, [1, -1, -1]),
        lambda *x: F.hinge_embedding_loss(x, [1, -1, -1]),
        lambda *x: F.margin_ranking_loss(x, POINT[::-1], [1, -1, 1], margin=0.5),
        lambda *x: F.multi_margin_loss(x, 1, p=2),
        lambda x, y, v: F.gaussian_nll_loss(x, y, v, full=True),
        lambda *x: F.softmax(x)[1],
        lambda *x: F.entropy(F.softmax(x)),
        lambda *x: F.kl_divergence(F.softmax(x), [0.2, 0.3, 0.5]),
        lambda *x: F.kl_divergence([0.2, 0.3, 0.5], F.softmax(x), base=2),
        lambda *x: F.distribution_cross_entropy(F.softmax(x), F.softmax(x[::-1])),
        lambda *x: F.l1_penalty(x),
        lambda *x: F.l2_penalty(x),
    ],
)
def test_gradients_of_losses_against_finite_differences(loss):
    assert gradcheck(loss, POINT, atol=1e-8, rtol=1e-6)


# ---------------------------------------------------------------------- closed forms


def mean(numbers):
    return math.fsum(numbers) / len(numbers)


P, Q, T = [0.25, 0.5, 0.125], [0.5, 0.9, 0.01], [1.0, 0.0, 0.75]
X, Y, S = [0.5, -2.0, 3.0], [0.0, 1.0, 3.5], [1, -1, -1]


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (nn.L1Loss(), mean([0.5, 3.0, 0.5])),
        (nn.HuberLoss(), mean([0.125, 2.5, 0.125])),
        (nn.SmoothL1Loss(beta=2.0), mean([0.0625, 2.0, 0.0625])),
        (nn.GaussianNLLLoss(full=True), None),
        (nn.BCELoss(), None),
        (nn.HingeLoss(), mean([0.5, 0.0, 4.0])),
        (nn.HingeEmbeddingLoss(), mean([0.5, 3.0, 0.0])),
        (nn.SoftMarginLoss(), mean([math.log1p(math.exp(-s * x)) for s, x in zip(S, X, strict=True)])),
        (nn.MarginRankingLoss(0.25), mean([0.0, 0.0, 0.0])),
        (nn.MultiMarginLoss(), (max(0, 1 - 0.5 - 2.0) + max(0, 1 - 0.5 + 3.0)) / 3),
        (nn.NLLLoss(), 2.0),
        (nn.KLDivLoss(reduction="sum"), None),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_losses_are_their_formulas(loss, expected):
    arguments = {
        nn.GaussianNLLLoss: (X, Y, P),
        nn.BCELoss: (Q, T),
        nn.HingeLoss: (X, S),
        nn.HingeEmbeddingLoss: (X, S),
        nn.SoftMarginLoss: (X, S),
        nn.MarginRankingLoss: (X, Y, [1, -1, -1]),
        nn.MultiMarginLoss: (X, 0),
        nn.NLLLoss: (X, 1),
        nn.KLDivLoss: ([math.log(q) for q in Q], P),
    }.get(type(loss), (X, Y))
    if type(loss) is nn.GaussianNLLLoss:
        densities = [-((x - y) ** 2) / (2 * v) - math.log(2 * math.pi * v) / 2 for x, y, v in zip(X, Y, P, strict=True)]
        expected = -mean(densities)
    if type(loss) is nn.BCELoss:
        expected = -mean([t * math.log(q) + (1 - t) * math.log(1 - q) for q, t in zip(Q, T, strict=True)])
    if type(loss) is nn.KLDivLoss:
        expected = math.fsum(p * math.log(p / q) for p, q in zip(P, Q, strict=True))
    assert loss(*arguments) == pytest.approx(expected, rel=1e-12)


def test_hinge_loss_is_scikit_learns_metric():
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed: pip install scikit-learn")
    scores, target = [2.0, 1.0, 0.5, -0.5, -1.0, 30.0], [1, 1, 1, -1, 1, -1]
    assert F.hinge_loss(scores, target) == pytest.approx(metrics.hinge_loss(target, scores), rel=1e-12)


def test_hinge_loss_of_micrograds_demo():
    scores, target = [Value(0.5), Value(1.0), Value(-3.0)], [1, 1, 1]
    F.hinge_loss(scores, target, reduction="sum").backward()
    assert [score.grad for score in scores] == [-1.0, 0.0, -1.0]  # nothing at the kink, as relu has it


def test_cross_entropy_is_log_softmax_then_nll_loss():
    rows, target, options = [[0.3, -1.2, 2.0], [5.0, 5.0, -3.0]], [2, 0], {"weight": [1.0, 2.0, 3.0]}
    assert F.cross_entropy(rows, target, **options) == pytest.approx(
        F.nll_loss(F.log_softmax(rows), target, **options), rel=1e-12
    )


def test_cross_entropy_builds_two_nodes_for_a_row():
    rows = [[Value(float(i * j % 7)) for i in range(10)] for j in range(32)]
    # logsumexp and a difference for each row, then their sum and its division by 32
    assert len(topological_order(F.cross_entropy(rows, [3] * 32))) == 320 + 2 * 32 + 2


def test_a_soft_margin_does_not_overflow():
    x = Value(-1000.0)
    loss = nn.SoftMarginLoss()(x, 1)
    loss.backward()
    assert (loss.data, x.grad) == (1000.0, -1.0)


def test_binary_cross_entropy_of_certainties():
    # Where the logarithm is cut off the slope is 0. PyTorch bounds the slope by 1e12; here it is the formula's.
    p = [Value(x) for x in (0.0, 0.0, 1.0, 1.0, 1e-13)]
    F.binary_cross_entropy(p, [1.0, 0.0, 1.0, 0.0, 1.0], reduction="sum").backward()
    assert [x.grad for x in p] == pytest.approx([0.0, 1.0, -1.0, 0.0, -1e13], rel=1e-12)


# ---------------------------------------------------------------------- information

distributions = st.lists(st.floats(0, 1), min_size=2, max_size=6).filter(lambda x: sum(x) > 0.01)


def normalized(weights):
    return [weight / math.fsum(weights) for weight in weights]


@given(distributions, st.data())
def test_cross_entropy_is_entropy_plus_divergence(weights, data):
    p = normalized(weights)
    q = normalized(data.draw(st.lists(st.floats(0.01, 1), min_size=len(p), max_size=len(p))))
    entropy, divergence = F.entropy(p), F.kl_divergence(p, q)
    assert F.distribution_cross_entropy(p, q) == pytest.approx(entropy + divergence, rel=1e-12, abs=1e-12)
    assert -1e-12 <= entropy <= math.log(len(p)) + 1e-12
    assert divergence >= -1e-12


def test_information_of_known_distributions():
    assert F.entropy([[0.5, 0.5], [1.0, 0.0]], base=2) == [1.0, 0.0]
    assert F.entropy([0.25] * 4, base=4) == 1.0
    assert F.kl_divergence([0.5, 0.5], [0.5, 0.5]) == 0.0
    assert F.kl_divergence([[1.0, 0.0]], [[0.25, 0.75]], base=2) == [2.0]
    assert F.distribution_cross_entropy([0.5, 0.5], [1.0, 0.0]) == math.inf


def test_kl_divergence_is_the_loss_of_log_probabilities():
    p, q = [0.2, 0.0, 0.8], [0.3, 0.3, 0.4]
    expected = F.kl_div([math.log(x) for x in q], p, reduction="sum")
    assert F.kl_divergence(p, q) == pytest.approx(expected, rel=1e-12)


def test_a_probability_of_zero_gets_no_gradient():
    p, q = [Value(0.0), Value(1.0)], [Value(0.0), Value(1.0)]
    (F.entropy(p) + F.kl_divergence(p, q)).backward()
    assert [x.grad for x in p + q] == pytest.approx([0.0, 0.0, 0.0, -1.0])


# ---------------------------------------------------------------------- penalties


def test_half_the_l2_penalty_is_weight_decay():
    numbers, decay = [1.5, -2.0, 0.0], 0.3
    penalized, decayed = [Value(x) for x in numbers], [Value(x) for x in numbers]
    (decay / 2 * F.l2_penalty(penalized)).backward()
    nn.optim.SGD(penalized, lr=0.1).step()
    for w in decayed:
        w.grad = 0.0  # one that has no gradient at all does not decay
    nn.optim.SGD(decayed, lr=0.1, weight_decay=decay).step()
    assert [w.data for w in penalized] == pytest.approx([w.data for w in decayed], rel=1e-12)


def test_the_l1_penalty_of_a_model_pulls_all_parameters_alike():
    layer = nn.Linear(3, 2)
    penalty = F.l1_penalty(layer.parameters())
    penalty.backward()
    assert penalty.data == pytest.approx(math.fsum(abs(w.data) for w in layer.parameters()), rel=1e-12)
    assert [w.grad for w in layer.parameters()] == [math.copysign(1.0, w.data) for w in layer.parameters()]


# ---------------------------------------------------------------------- inputs


def test_numpy_arrays_are_vectors_and_batches():
    numpy = pytest.importorskip("numpy", reason="NumPy is not installed: pip install numpy")
    rows, target = [[0.3, -1.2, 2.0], [5.0, 5.0, -3.0]], [2, 0]
    array, indices = numpy.array(rows), numpy.array(target)
    assert F.cross_entropy(array, indices, numpy.ones(3)) == F.cross_entropy(rows, target)
    assert F.huber_loss(array, 2 * array) == F.huber_loss(rows, (2 * array).tolist())
    assert F.multi_margin_loss(array, indices) == F.multi_margin_loss(rows, target)
    assert F.one_hot(indices) == F.one_hot(target)
    assert F.entropy(numpy.array([0.5, 0.5]), base=2) == 1.0


LOSSES = {kind.function.__name__: kind for kind in declared(Loss).values() if "reduction" in signature(kind).parameters}


@pytest.mark.parametrize("name", LOSSES)
def test_a_reduction_that_there_is_not_is_refused_by_every_loss(name):
    required = [p for p in signature(getattr(F, name)).parameters.values() if p.default is p.empty]
    for call in (partial(getattr(F, name), *[None for _ in required]), LOSSES[name]):
        with pytest.raises(ValueError, match=r"reduction must be 'mean', .* got 'avg'"):
            call(reduction="avg")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: F.mse_loss([1.0, 2.0], [1.0]), r"input of shape \(2,\) and a target of \(1,\)"),
        (lambda: F.mse_loss([[1.0], [2.0]], [1.0, 2.0]), "make each target a list of one"),
        (lambda: F.cross_entropy([1.0, 2.0], 2), "a class index must be from 0 to 1 for 2 scores, got 2"),
        (lambda: F.cross_entropy([1.0, 2.0], 0.5), "a class index must be a whole number, got 0.5"),
        (lambda: F.cross_entropy([[1.0, 2.0]], [0, 1]), r"got shape \(2,\)"),
        (lambda: F.mse_loss(1.0, 2.0, reduction="avg"), "reduction must be 'mean', 'sum' or 'none', got 'avg'"),
        (lambda: F.mse_loss([], []), "needs at least one element"),
        (lambda: nn.HuberLoss(reduction="batchmean"), "reduction must be 'mean', 'sum' or 'none', got 'batchmean'"),
        (lambda: F.kl_div(1.0, 2.0, reduction="avg"), "'mean', 'sum', 'none' or 'batchmean', got 'avg'"),
        (lambda: F.huber_loss(1.0, 2.0, delta=0.0), "delta must be positive, got 0.0"),
        (lambda: F.smooth_l1_loss(1.0, 2.0, beta=-1.0), "beta must not be negative, got -1.0"),
        (lambda: F.binary_cross_entropy([1.5], [1.0]), "probabilities from 0 to 1, got 1.5; for scores of any size"),
        (
            lambda: F.binary_cross_entropy([0.5], [-1]),
            r"targets from 0 to 1, got -1; for classes -1 and 1 pass \(y \+ 1",
        ),
        (lambda: F.binary_cross_entropy_with_logits([0.5], [1.5]), "takes targets from 0 to 1, got 1.5"),
        (lambda: F.binary_cross_entropy_with_logits([0.5], [math.nan]), "takes targets from 0 to 1, got nan"),
        (lambda: F.binary_cross_entropy([0.5], [1.0], [1.0, 2.0]), r"as weight one number, .* got a shape of \(2,\)"),
        (lambda: F.cross_entropy([1.0, 2.0], 0, [1.0]), r"each of the 2 classes, got a shape of \(1,\)"),
        (lambda: F.cross_entropy([1.0, 2.0], 0, label_smoothing=2.0), "label_smoothing must be from 0 to 1, got 2.0"),
        (lambda: F.cross_entropy([1.0, 2.0], math.nan), "a class index must be a whole number, got nan"),
        (lambda: F.cross_entropy([[1.0], [1.0, 2.0]], [0, 1]), "a vector of scores or a batch of them"),
        (lambda: F.nll_loss([[1.0, 2.0]], [0, 1]), r"class indices of shape \(1,\), got a target of \(2,\)"),
        (lambda: F.nll_loss([1.0, 2.0], -1), "a class index must be from 0 to 1 for 2 scores, got -1"),
        (lambda: F.multi_margin_loss([1.0, 2.0], 0, p=3), "p must be a whole number from 1 to 2, got 3"),
        (lambda: F.multi_margin_loss([1.0, 2.0], -100), "a class index must be from 0 to 1 for 2 scores, got -100"),
        (lambda: F.hinge_loss([1.0, 2.0], [0, 1]), "targets of -1 and 1, got 0; for classes 0 and 1 pass 2 \\* y - 1"),
        (lambda: F.soft_margin_loss([1.0], [0.5]), "targets of -1 and 1, got 0.5"),
        (lambda: F.margin_ranking_loss([1.0], [1.0, 2.0], [1]), r"and a second input of \(2,\)"),
        (lambda: F.gaussian_nll_loss([1.0], [1.0], [-1.0]), "a variance cannot be negative, got -1.0"),
        (lambda: F.gaussian_nll_loss([1.0], [1.0], 1.0, eps=0.0), "eps must be positive, got 0.0"),
        (lambda: F.entropy([0.5, 0.6]), r"not negative and of sum 1, got \[0.5, 0.6\]"),
        (lambda: F.entropy([1.5, -0.5]), r"not negative and of sum 1, got \[1.5, -0.5\]"),
        (lambda: F.entropy(0.5), "entropy takes vectors of probabilities, got 0.5"),
        (lambda: F.entropy([1.0], base=1), "a positive number other than 1, got 1"),
        (lambda: F.kl_divergence([1.0], [0.5, 0.5]), r"shape \(1,\) and a second distribution of \(2,\)"),
        (lambda: F.one_hot([0, -1]), "whole numbers from 0 on, got -1"),
        (lambda: F.one_hot([0, 2], num_classes=2), "num_classes=2 takes indices below it, got 2"),
        (lambda: F.one_hot([]), "needs num_classes"),
    ],
)
def test_wrong_shapes_and_options(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss, F.multi_margin_loss])
@pytest.mark.parametrize("target", ["cat", None])
def test_the_name_of_a_class_is_no_index(loss, target):
    with pytest.raises(TypeError, match=f"a class index must be a whole number, got {target!r}; number the classes"):
        loss([[1.0, 2.0]], [target])


@pytest.mark.parametrize("loss", [F.mse_loss, F.binary_cross_entropy_with_logits, F.cross_entropy, F.nll_loss])
def test_the_output_of_a_forward_method_without_return_is_named(loss):
    with pytest.raises(TypeError, match=f"{loss.__name__} got None as its input; did the forward method"):
        loss(None, [1])


@pytest.mark.parametrize("index", ["a", None])
def test_one_hot_takes_numbers(index):
    with pytest.raises(TypeError, match=f"takes class indices, whole numbers from 0 on, got {index!r}"):
        F.one_hot([0, index])
