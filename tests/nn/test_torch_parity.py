"""The same numbers and gradients as PyTorch: activations, losses and schedulers, as functions and as modules.

The lists have the options that are worth a look. What nn declares and they leave out is compared with the options it
has by itself, wherever PyTorch has its name, so that a new class needs no line here.
"""

from __future__ import annotations

import inspect
import math

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")

from torch_helpers import copy_to_torch, gradients, tensor, torch, values

import nn
from autograd import Value, topological_order
from nn.modules.activations import Activation
from nn.modules.base_loss import Loss
from nn.nested import as_numbers
from nn.registry import declared, option_names

TIGHT = {"rel": 1e-12, "abs": 1e-14}


def flat(nested):
    return [x for part in nested for x in flat(part)] if isinstance(nested, list) else [nested]


def check_outputs(mine, other):
    """The same numbers; then both run backward from a sum in which each element has a weight of its own."""
    assert [float(v) for v in flat(mine)] == pytest.approx(flat(other.tolist()), **TIGHT, nan_ok=True)
    sum(((k + 1) * v for k, v in enumerate(flat(mine))), 0.0).backward()
    (other.flatten() * torch.arange(1, other.numel() + 1, dtype=torch.float64)).sum().backward()


def check_gradients(x, t, tolerance=TIGHT):
    theirs = torch.zeros_like(t) if t.grad is None else t.grad
    assert flat(gradients(x)) == pytest.approx(flat(theirs.tolist()), **tolerance)


# ---------------------------------------------------------------------- activations

# Ordinary points, every kink of the table below, and extremes.
VECTOR = [
    0.0,
    -0.0,
    0.3,
    -0.7,
    1.0,
    -1.0,
    2.5,
    -2.5,
    3.0,
    -3.0,
    6.0,
    8.0,
    -8.0,
    20.0,
    21.0,
    -20.0,
    40.0,
    1000.0,
    -1000.0,
]
BATCH = [VECTOR[:6], VECTOR[6:12], VECTOR[12:18], [-1000.0, 5.0, 0.0, 0.0, 2.0, 1000.0]]
INPUTS = pytest.mark.parametrize("numbers", [VECTOR, BATCH, 0.7], ids=["vector", "batch", "number"])

ACTIVATIONS = [
    ("Identity", None, {}),
    ("ReLU", "relu", {}),
    ("ReLU6", "relu6", {}),
    ("LeakyReLU", "leaky_relu", {}),
    ("LeakyReLU", "leaky_relu", {"negative_slope": 0.3}),
    ("ELU", "elu", {}),
    ("ELU", "elu", {"alpha": 2.5}),
    ("GELU", "gelu", {}),
    ("GELU", "gelu", {"approximate": "tanh"}),
    ("SiLU", "silu", {}),
    ("Sigmoid", "sigmoid", {}),
    ("LogSigmoid", "logsigmoid", {}),
    ("Tanh", "tanh", {}),
    ("Hardsigmoid", "hardsigmoid", {}),
    ("Hardtanh", "hardtanh", {}),
    ("Hardtanh", "hardtanh", {"min_val": -2.5, "max_val": 0.3}),
    ("Softplus", "softplus", {}),
    ("Softplus", "softplus", {"beta": 0.5, "threshold": 1.5}),
    ("Softplus", "softplus", {"beta": 3.0}),
    ("Threshold", "threshold", {"threshold": 0.3, "value": 7.0}),
    ("Threshold", "threshold", {"threshold": -1.0, "value": 0.0}),
]


ELSEWHERE = {"PReLU", "Softmax", "LogSoftmax"}  # have tests of their own below
ACTIVATIONS += [
    (name, kind.function.__name__, {})
    for name, kind in declared(Activation).items()
    if hasattr(torch.nn, name) and name not in {listed for listed, *_ in ACTIVATIONS} | ELSEWHERE
]


@INPUTS
@pytest.mark.parametrize(("module", "function", "options"), ACTIVATIONS, ids=str)
def test_activations_element_by_element(module, function, options, numbers):
    # PyTorch's slope of hardsigmoid is 1/6 in single precision, whatever the input.
    tolerance = {"rel": 1e-7} if function == "hardsigmoid" else TIGHT
    pairs = [(getattr(nn, module)(**options), getattr(torch.nn, module)(**options))]
    if function:
        ours, theirs = getattr(nn.functional, function), getattr(torch.nn.functional, function)
        pairs.append((lambda x: ours(x, **options), lambda t: theirs(t, **options)))
    for mine, other in pairs:
        x, t = values(numbers), tensor(numbers)
        check_outputs(mine(x), other(t))
        check_gradients(x, t, tolerance)


@pytest.mark.parametrize(("module", "function", "options"), ACTIVATIONS, ids=str)
def test_activations_have_pytorchs_defaults_and_repr(module, function, options):
    ours, theirs = repr(getattr(nn, module)(**options)), repr(getattr(torch.nn, module)(**options))
    assert ours.replace(".0", "") == theirs.replace(".0", "")


@pytest.mark.parametrize(("module", "function"), [("Softmax", "softmax"), ("LogSoftmax", "log_softmax")])
@pytest.mark.parametrize(
    ("numbers", "dim"),
    [([0.3, -1.2, 2.0, 0.0], -1), ([1000.0, -1000.0, 999.0], 0), (BATCH, -1), (BATCH, 0), (BATCH, 1), (BATCH, -2)],
)
def test_softmax_along_a_dimension(module, function, numbers, dim):
    for ours, theirs in [
        (getattr(nn, module)(dim), getattr(torch.nn, module)(dim)),
        (
            lambda x: getattr(nn.functional, function)(x, dim=dim),
            lambda t: getattr(torch.nn.functional, function)(t, dim=dim),
        ),
    ]:
        x, t = values(numbers), tensor(numbers)
        check_outputs(ours(x), theirs(t))
        check_gradients(x, t)


@pytest.mark.parametrize(("numbers", "count"), [(VECTOR, 1), (BATCH, 1), (BATCH, 6)])
def test_prelu_and_the_gradient_of_its_slopes(numbers, count):
    ours = nn.PReLU(count, init=0.1)
    theirs = copy_to_torch(ours, torch.nn.PReLU(count))
    x, t = values(numbers), tensor(numbers)
    check_outputs(ours(x), theirs(t))
    check_gradients(x, t)
    check_gradients(ours.weight, theirs.weight)
    assert repr(ours) == repr(theirs)
    assert nn.PReLU().state_dict() == {"weight": torch.nn.PReLU().weight.tolist()}


def test_heaviside_has_pytorchs_values():
    expected = torch.heaviside(tensor(BATCH, False), tensor(0.25, False))
    assert nn.functional.heaviside(BATCH, 0.25) == expected.tolist()


# ---------------------------------------------------------------------- losses

SCORES = [[0.3, -1.2, 2.0], [5.0, 5.0, -3.0], [0.0, 0.0, 0.0], [-40.0, 40.0, 1.0], [1000.0, -1000.0, 0.0]]
NUMBERS = [[1.0, 0.5, -2.0], [5.0, 4.0, 0.0], [1.0, -1.0, 2.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1000.0]]
SIGNS = [[1.0, -1.0, 1.0], [-1.0, 1.0, -1.0], [1.0, -1.0, -1.0], [1.0, 1.0, -1.0], [-1.0, 1.0, 1.0]]
CHANCES = [[1.0, 0.0, 0.5], [0.0, 1.0, 1.0], [1.0, 0.25, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
INNER = [[0.5, 0.1, 0.9], [1e-3, 0.999, 0.25], [0.7, 0.3, 1e-4], [0.5, 0.5, 0.5], [0.01, 0.2, 0.99]]
DISTRIBUTIONS = [[0.2, 0.3, 0.5], [1.0, 0.0, 0.0], [0.1, 0.1, 0.8], [0.0, 0.5, 0.5], [0.25, 0.25, 0.5]]
LOGARITHMS = [[-1.0, -2.0, -0.5], [-0.1, -3.0, -40.0], [0.0, -5.0, -1000.0], [-0.7, -0.7, -9.0], [-1.0, -1.0, -1.0]]
CLASSES = [0, 1, 2, 0, 1]
BY_COLUMN = [0.5, 2.0, 1.0]

LOSSES = [
    ("MSELoss", "mse_loss", {}, SCORES, NUMBERS),
    ("L1Loss", "l1_loss", {}, SCORES, NUMBERS),
    ("SmoothL1Loss", "smooth_l1_loss", {}, SCORES, NUMBERS),
    ("SmoothL1Loss", "smooth_l1_loss", {"beta": 0.7}, SCORES, NUMBERS),
    ("SmoothL1Loss", "smooth_l1_loss", {"beta": 0.0}, SCORES, NUMBERS),
    ("HuberLoss", "huber_loss", {}, SCORES, NUMBERS),
    ("HuberLoss", "huber_loss", {"delta": 0.7}, SCORES, NUMBERS),
    ("HuberLoss", "huber_loss", {"delta": 4.0}, SCORES, NUMBERS),
    ("BCELoss", "binary_cross_entropy", {}, INNER, CHANCES),
    ("BCELoss", "binary_cross_entropy", {"weight": BY_COLUMN}, INNER, CHANCES),
    ("BCELoss", "binary_cross_entropy", {"weight": INNER}, INNER, CHANCES),
    ("BCEWithLogitsLoss", "binary_cross_entropy_with_logits", {}, SCORES, CHANCES),
    ("BCEWithLogitsLoss", "binary_cross_entropy_with_logits", {"weight": 0.3}, SCORES, CHANCES),
    ("BCEWithLogitsLoss", "binary_cross_entropy_with_logits", {"pos_weight": 3.0}, SCORES, CHANCES),
    ("BCEWithLogitsLoss", "binary_cross_entropy_with_logits", {"pos_weight": BY_COLUMN}, SCORES, CHANCES),
    (
        "BCEWithLogitsLoss",
        "binary_cross_entropy_with_logits",
        {"weight": INNER, "pos_weight": BY_COLUMN},
        SCORES,
        CHANCES,
    ),
    ("CrossEntropyLoss", "cross_entropy", {}, SCORES, CLASSES),
    ("CrossEntropyLoss", "cross_entropy", {"label_smoothing": 0.2}, SCORES, CLASSES),
    ("CrossEntropyLoss", "cross_entropy", {"weight": BY_COLUMN}, SCORES, CLASSES),
    ("CrossEntropyLoss", "cross_entropy", {"ignore_index": 1}, SCORES, CLASSES),
    ("CrossEntropyLoss", "cross_entropy", {"ignore_index": -1}, SCORES, [0, -1, 2, -1, 1]),
    (
        "CrossEntropyLoss",
        "cross_entropy",
        {"weight": BY_COLUMN, "ignore_index": 0, "label_smoothing": 0.1},
        SCORES,
        CLASSES,
    ),
    ("CrossEntropyLoss", "cross_entropy", {}, SCORES, DISTRIBUTIONS),
    ("CrossEntropyLoss", "cross_entropy", {"label_smoothing": 0.2, "weight": BY_COLUMN}, SCORES, DISTRIBUTIONS),
    ("NLLLoss", "nll_loss", {}, LOGARITHMS, CLASSES),
    ("NLLLoss", "nll_loss", {"weight": BY_COLUMN, "ignore_index": 2}, LOGARITHMS, CLASSES),
    ("KLDivLoss", "kl_div", {}, LOGARITHMS, DISTRIBUTIONS),
    ("KLDivLoss", "kl_div", {"log_target": True}, LOGARITHMS, SCORES[:3] + LOGARITHMS[:2]),
    ("SoftMarginLoss", "soft_margin_loss", {}, SCORES[:4], SIGNS[:4]),
    ("HingeEmbeddingLoss", "hinge_embedding_loss", {}, SCORES, SIGNS),
    ("HingeEmbeddingLoss", "hinge_embedding_loss", {"margin": 2.0}, SCORES, SIGNS),
    ("MultiMarginLoss", "multi_margin_loss", {}, SCORES, CLASSES),
    ("MultiMarginLoss", "multi_margin_loss", {"p": 2, "margin": 0.5, "weight": BY_COLUMN}, SCORES, CLASSES),
]
LOGITS, ALSO = SCORES[:4], [[1.0, 0.5, -2.0], [5.0, 4.0, 0.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]]
LOSSES += [
    ("MSELoss", "mse_loss", {}, LOGITS, ALSO),
    *(
        ("CrossEntropyLoss", "cross_entropy", options, LOGITS, [0, 1, 2, 0])
        for options in ({}, {"label_smoothing": 0.2}, {"weight": [0.5, 2.0, 1.0]}, {"ignore_index": 1})
    ),
    ("CrossEntropyLoss", "cross_entropy", {"label_smoothing": 0.2}, LOGITS, DISTRIBUTIONS[:4]),
    ("BCEWithLogitsLoss", "binary_cross_entropy_with_logits", {"pos_weight": 3.0}, LOGITS, CHANCES[:4]),
]
# By what a loss says that it compares.
SAMPLES = {
    "numbers": (SCORES, NUMBERS),
    "probabilities": (INNER, CHANCES),
    "logits": (SCORES, CHANCES),
    "signs": (SCORES[:4], SIGNS[:4]),
    "distances": (SCORES, SIGNS),
    "classes": (SCORES, CLASSES),
    "log-probabilities": (LOGARITHMS, CLASSES),
    "distributions": (LOGARITHMS, DISTRIBUTIONS),
}
LOSSES += [
    (name, kind.function.__name__, {}, *SAMPLES[kind.compares])
    for name, kind in declared(Loss).items()
    if hasattr(torch.nn, name) and kind.compares and name not in {listed for listed, *_ in LOSSES}
]
LOSS = pytest.mark.parametrize(("module", "function", "options", "inputs", "targets"), LOSSES)
REDUCTIONS = pytest.mark.parametrize("reduction", ["mean", "sum", "none"])


def to_torch(thing):
    """Lists as tensors: of class indices as whole numbers, of anything else in double precision."""
    if isinstance(thing, int) or (isinstance(thing, list) and all(isinstance(x, int) for x in thing)):
        return torch.tensor(thing)
    return tensor(thing, False)


def for_torch(options):
    return {name: tensor(x, False) if name.endswith("weight") else x for name, x in options.items()}


# PyTorch advises "batchmean" for a divergence each time "mean" is asked for.
ADVICE = pytest.mark.filterwarnings("ignore:.*reduction. 'mean' divides the total loss:UserWarning")


@ADVICE
@REDUCTIONS
@LOSS
def test_losses_of_a_batch(module, function, options, inputs, targets, reduction):
    mine, other = getattr(nn.functional, function), getattr(torch.nn.functional, function)
    pairs = [
        (
            getattr(nn, module)(reduction=reduction, **options),
            getattr(torch.nn, module)(reduction=reduction, **for_torch(options)),
        ),
        (
            lambda x, y: mine(x, y, reduction=reduction, **options),
            lambda x, y: other(x, y, reduction=reduction, **for_torch(options)),
        ),
    ]
    for ours, theirs in pairs:
        x, t = values(inputs), tensor(inputs)
        check_outputs(ours(x, targets), theirs(t, to_torch(targets)))
        check_gradients(x, t)


@ADVICE
@REDUCTIONS
@pytest.mark.parametrize("row", range(4))
@LOSS
def test_losses_of_a_vector(module, function, options, inputs, targets, row, reduction):
    options = {name: x[row] if x is INNER else x for name, x in options.items()}
    x, t = values(inputs[row]), tensor(inputs[row])
    mine = getattr(nn, module)(reduction=reduction, **options)(x, targets[row])
    other = getattr(torch.nn, module)(reduction=reduction, **for_torch(options))(t, to_torch(targets[row]))
    check_outputs(mine, other)
    check_gradients(x, t)


@ADVICE
@pytest.mark.parametrize(
    ("function", "options", "inputs", "targets"),
    [
        ("mse_loss", {}, SCORES, NUMBERS),
        ("l1_loss", {}, SCORES, NUMBERS),
        ("huber_loss", {}, SCORES, NUMBERS),
        ("binary_cross_entropy", {}, INNER, CHANCES),
        ("binary_cross_entropy_with_logits", {"pos_weight": 3.0}, SCORES, CHANCES),
        ("cross_entropy", {"label_smoothing": 0.2, "weight": BY_COLUMN}, SCORES, DISTRIBUTIONS),
        ("kl_div", {"reduction": "batchmean"}, LOGARITHMS, INNER),
        ("kl_div", {"log_target": True}, LOGARITHMS, [[-0.5, -1.0, -2.0]] * 5),
    ],
)
def test_gradients_reach_targets(function, options, inputs, targets):
    x, y, t, u = values(inputs), values(targets), tensor(inputs), tensor(targets)
    check_outputs(
        getattr(nn.functional, function)(x, y, **options),
        getattr(torch.nn.functional, function)(t, u, **for_torch(options)),
    )
    check_gradients(x, t)
    check_gradients(y, u)


@REDUCTIONS
@pytest.mark.parametrize("margin", [0.0, 0.5, 1.0])
def test_margin_ranking_loss(margin, reduction):
    options = {"margin": margin, "reduction": reduction}
    x1, x2, t1, t2 = values(SCORES), values(NUMBERS), tensor(SCORES), tensor(NUMBERS)
    check_outputs(
        nn.MarginRankingLoss(**options)(x1, x2, SIGNS),
        torch.nn.MarginRankingLoss(**options)(t1, t2, tensor(SIGNS, False)),
    )
    check_gradients(x1, t1)
    check_gradients(x2, t2)


@REDUCTIONS
@pytest.mark.parametrize("options", [{}, {"full": True}, {"eps": 0.2}])
def test_gaussian_nll_loss(options, reduction):
    variances = [[0.5, 1.0, 2.0], [0.0, 1e-9, 0.1], [1.0, 3.0, 0.3], [9.0, 1.0, 1.0], [1.0, 1e4, 1.0]]
    x, y, v = values(SCORES), values(NUMBERS), values(variances)
    t, u, w = tensor(SCORES), tensor(NUMBERS), tensor(variances)
    check_outputs(
        nn.GaussianNLLLoss(reduction=reduction, **options)(x, y, v),
        torch.nn.GaussianNLLLoss(reduction=reduction, **options)(t, u, w),
    )
    for ours, theirs in [(x, t), (y, u), (v, w)]:
        check_gradients(ours, theirs)


@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize("rows", [LOGARITHMS, LOGARITHMS[0], -0.5], ids=["batch", "vector", "number"])
def test_batchmean_divides_by_the_length_of_the_first_dimension(rows, log_target):
    options = {"reduction": "batchmean", "log_target": log_target}
    target = {5: DISTRIBUTIONS, 3: DISTRIBUTIONS[0]}[len(rows)] if isinstance(rows, list) else 0.3
    x, t = values(rows), tensor(rows)
    check_outputs(nn.KLDivLoss(**options)(x, target), torch.nn.KLDivLoss(**options)(t, tensor(target, False)))
    check_gradients(x, t)


def test_binary_cross_entropy_of_certainties_has_pytorchs_values():
    p, y = [0.0, 0.0, 1.0, 1.0, 0.0, 1e-50], [0.0, 1.0, 0.0, 1.0, 0.5, 1.0]
    expected = torch.nn.functional.binary_cross_entropy(tensor(p, False), tensor(y, False), reduction="none")
    assert nn.functional.binary_cross_entropy(p, y, reduction="none") == pytest.approx(expected.tolist(), **TIGHT)


IGNORING = {name: kind for name, kind in declared(Loss).items() if "ignore_index" in option_names(kind)}


@REDUCTIONS
@pytest.mark.parametrize("targets", [[-1, -1, -1, -1], [-1, 2, -1, -1], -1], ids=str)
@pytest.mark.parametrize(
    ("name", "options"),
    [
        (name, options)
        for name, kind in IGNORING.items()
        for options in ({}, {"weight": BY_COLUMN}, {"label_smoothing": 0.2})
        if set(options) <= set(option_names(kind))
    ],
)
def test_rows_that_are_ignored_stay_in_the_graph_with_a_gradient_of_zero(name, targets, options, reduction):
    inputs = SAMPLES[IGNORING[name].compares][0]
    inputs = inputs[:4] if isinstance(targets, list) else inputs[0]
    x, t = values(inputs), tensor(inputs)
    mine = IGNORING[name](ignore_index=-1, reduction=reduction, **options)(x, targets)
    assert all(isinstance(loss, Value) for loss in flat(mine))
    check_outputs(
        mine, getattr(torch.nn, name)(ignore_index=-1, reduction=reduction, **for_torch(options))(t, to_torch(targets))
    )
    check_gradients(x, t)
    # Each score of an ignored row is reached, so that an optimizer moves all parameters as PyTorch's does.
    reached = {id(node) for loss in flat(mine) for node in topological_order(loss)}
    assert all(id(score) in reached for score in flat(x)) or targets == [-1, 2, -1, -1]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_scores_of_ignored_rows_may_be_anything(reduction):
    x = values([[math.inf, -math.inf], [math.nan, 0.0], [1.0, 2.0]])
    loss = nn.CrossEntropyLoss(reduction=reduction)(x, [-100, -100, 1])
    loss.backward()
    assert loss.data == pytest.approx(nn.functional.cross_entropy([1.0, 2.0], 1), rel=1e-15)
    assert gradients(x)[:2] == [[0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("name", IGNORING)
def test_the_mean_of_classes_without_weight_has_a_gradient_of_zero(name):
    # On purpose: the gradient of PyTorch's is nan here, which would spoil the parameters for good.
    x, t = values([[-1.0, -2.0]]), tensor([[-1.0, -2.0]])
    mine = IGNORING[name](weight=[0.0, 1.0])(x, [0])
    other = getattr(torch.nn, name)(weight=tensor([0.0, 1.0], False))(t, torch.tensor([0]))
    check_outputs(mine, other)
    assert torch.isnan(t.grad).any()
    assert gradients(x) == [[0.0, 0.0]]


@REDUCTIONS
@pytest.mark.parametrize("p", [1, 2])
def test_a_margin_to_no_other_class_is_zero_with_a_gradient_of_zero(p, reduction):
    x, t = values([[2.0], [-1.0]]), tensor([[2.0], [-1.0]])
    mine = nn.MultiMarginLoss(p, reduction=reduction)(x, [0, 0])
    check_outputs(mine, torch.nn.MultiMarginLoss(p, reduction=reduction)(t, torch.tensor([0, 0])))
    check_gradients(x, t)


@pytest.mark.parametrize("name", [name for name in declared(Loss) if hasattr(torch.nn, name)])
def test_what_has_no_element_is_refused_on_purpose(name):
    """PyTorch's mean is nan, its sum 0; but an empty list has no number of columns, so that a mistake is likelier."""
    kind = declared(Loss)[name]
    inputs = len(inspect.signature(kind.forward).parameters) - 1
    for empty in ([], [[], []]):
        for reduction in kind.reductions:
            with pytest.raises(ValueError, match=r"at least one element|a vector of scores or a batch of them"):
                kind(reduction=reduction)(*[empty] * inputs)


@pytest.mark.parametrize(("indices", "options"), [([0, 2, 1], {}), ([[1], [0]], {"num_classes": 4}), (2, {})])
def test_one_hot(indices, options):
    assert (
        nn.functional.one_hot(indices, **options)
        == torch.nn.functional.one_hot(torch.tensor(indices), **options).tolist()
    )


def test_entropy_and_divergence_of_distributions():
    p, q = values(INNER[0]), values(INNER[2])
    p, q = nn.functional.softmax(p), nn.functional.softmax(q)
    t, u = torch.softmax(tensor(INNER[0]), 0), torch.softmax(tensor(INNER[2]), 0)
    ours = [nn.functional.entropy(p), nn.functional.kl_divergence(p, q)]
    first, second = torch.distributions.Categorical(probs=t), torch.distributions.Categorical(probs=u)
    theirs = [first.entropy(), torch.distributions.kl_divergence(first, second)]
    assert [v.data for v in ours] == pytest.approx([v.item() for v in theirs], **TIGHT)


# ---------------------------------------------------------------------- nothing is left out


def test_every_activation_and_loss_that_pytorch_has_is_compared():
    compared = {name for name, *_ in ACTIVATIONS + LOSSES} | ELSEWHERE | {"GaussianNLLLoss", "MarginRankingLoss"}
    ours = {*declared(Activation), *declared(Loss)}
    assert {name for name in ours if hasattr(torch.nn, name)} <= compared


SCHEDULERS = {
    "ConstantLR": {},
    "CosineAnnealingLR": {"T_max": 4},
    "CosineAnnealingWarmRestarts": {"T_0": 3},
    "ExponentialLR": {"gamma": 0.9},
    "LambdaLR": {"lr_lambda": lambda t: 0.9**t},
    "MultiStepLR": {"milestones": [2, 5]},
    "OneCycleLR": {"max_lr": 0.5, "total_steps": 12},
    "StepLR": {"step_size": 2},
}
# Plateau asks for a metric, a sequence and a chain for schedulers: `test_schedules_together.py` has them.
OWN = {"ReduceLROnPlateau", "SequentialLR", "ChainedScheduler"}
NAMES = [
    name
    for name in declared(nn.optim.lr_scheduler.LRScheduler)
    if hasattr(torch.optim.lr_scheduler, name) and name not in OWN
]


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step:UserWarning")
@pytest.mark.parametrize("name", NAMES)
def test_schedulers_set_the_same_learning_rates(name):
    ours, theirs = nn.optim.SGD(values([1.0]), lr=0.3), torch.optim.SGD([tensor([1.0])], lr=0.3)
    options = SCHEDULERS.get(name, {})
    mine = getattr(nn.optim.lr_scheduler, name)(ours, **options)
    other = getattr(torch.optim.lr_scheduler, name)(theirs, **options)
    for _ in range(10):
        assert mine.get_last_lr() == pytest.approx(other.get_last_lr(), **TIGHT)
        mine.step()
        other.step()


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_losses_with_a_weight_for_each_element_are_pytorchs(name, reduction):
    scores, targets, weight = [[0.5, -3.0], [2.0, 0.1]], [[0.0, 1.0], [2.5, -1.0]], [[2.0, 0.0], [0.5, 1.5]]
    ours, theirs = values(scores), tensor(scores)
    loss = getattr(nn.functional, name)(ours, targets, reduction=reduction, weight=weight)
    other = getattr(torch.nn.functional, name)(
        theirs, tensor(targets, False), reduction=reduction, weight=tensor(weight, False)
    )
    assert flat(as_numbers(loss)) == pytest.approx(other.reshape(-1).tolist(), rel=1e-14)
    sum(flat(loss)).backward()
    other.sum().backward()
    assert flat(gradients(ours)) == pytest.approx(theirs.grad.reshape(-1).tolist(), rel=1e-14)
    message = rf"{name} compares like with like, got an input of shape \(2, 2\) and a weight of \(2,\)"
    with pytest.raises(ValueError, match=message):
        getattr(nn.functional, name)(ours, targets, reduction=reduction, weight=[1.0, 2.0])


def test_options_of_losses_by_position_are_pytorchs():
    scores, targets = [0.5, 3.0], [0.0, 0.0]
    theirs = torch.nn.HuberLoss("sum", 2.0)(tensor(scores), tensor(targets)).item()
    assert nn.HuberLoss("sum", 2.0)(scores, targets) == pytest.approx(theirs)
    arguments = [tensor(scores), tensor(targets), tensor([1.0, 2.0])]
    theirs = torch.nn.functional.gaussian_nll_loss(*arguments, True, 1e-6, "sum").item()
    ours = nn.functional.gaussian_nll_loss(scores, targets, [1.0, 2.0], True, 1e-6, "sum")
    assert ours == pytest.approx(theirs)
