"""The loss of an epoch: the same whatever the size of the batches, for every loss, reduction and set of weights."""

from __future__ import annotations

import math
from functools import partial

import pytest
from hypothesis import given, strategies as st

import nn
from nn import functional as F  # noqa: N812
from nn.modules.base_loss import Loss
from nn.registry import declared
from nn.training import evaluate

CLASSES = 3
numbers = st.floats(-5, 5, allow_subnormal=False)
chances = st.sampled_from([0.0, 1.0, 0.5, 0.125])
signs = st.sampled_from([-1.0, 1.0])


def rows_of(elements):
    return st.tuples(elements, elements, elements).map(list)


def distribution(weights):
    return [weight / math.fsum(weights) for weight in weights]


distributions = rows_of(st.floats(0.125, 1)).map(distribution)
logarithms = distributions.map(lambda row: [math.log(p) for p in row])

# What a loss compares: the strategies of one row of outputs and of its target.
SAMPLES = {
    "numbers": (rows_of(numbers), rows_of(numbers)),
    "probabilities": (rows_of(st.floats(0.01, 0.99)), rows_of(chances)),
    "logits": (rows_of(numbers), rows_of(chances)),
    "signs": (rows_of(numbers), rows_of(signs)),
    "distances": (rows_of(st.floats(0, 5)), rows_of(signs)),
    "classes": (rows_of(numbers), st.integers(0, CLASSES - 1)),
    "log-probabilities": (logarithms, st.integers(0, CLASSES - 1)),
    "distributions": (logarithms, distributions),
    "probabilities of classes": (rows_of(numbers), distributions),
}

# Options of the losses that weigh, leave out or divide; every loss is tried without options as well.
WEIGHTS = [0.5, 2.0, 3.25]
OPTIONS = {
    "BCELoss": [{"weight": WEIGHTS}, {"weight": 0.5}],
    "BCEWithLogitsLoss": [{"weight": WEIGHTS}, {"pos_weight": 3.0}, {"pos_weight": WEIGHTS, "weight": 0.5}],
    "CrossEntropyLoss": [
        {"weight": WEIGHTS},
        {"weight": [0.0, 1.0, 0.0]},
        {"ignore_index": 1},
        {"ignore_index": 0, "weight": WEIGHTS, "label_smoothing": 0.25},
    ],
    "NLLLoss": [{"weight": WEIGHTS}, {"weight": [0.0, 1.0, 0.0]}, {"ignore_index": 1, "weight": WEIGHTS}],
    "MultiMarginLoss": [{"weight": WEIGHTS}, {"p": 2, "weight": WEIGHTS}],
    "HuberLoss": [{"delta": 0.5}],
    "SmoothL1Loss": [{"beta": 0.0}],
    "KLDivLoss": [{"log_target": True}],
}
CASES = [
    (kind(reduction=reduction, **options), samples)
    for name, kind in declared(Loss).items()
    for samples in ([kind.compares] if kind.compares else [])
    + (["probabilities of classes"] if name == "CrossEntropyLoss" else [])
    for reduction in kind.reductions
    if reduction != "none"
    for options in [{}, *OPTIONS.get(name, [])]
]
EVERY_CASE = pytest.mark.parametrize(
    ("criterion", "samples"), CASES, ids=lambda thing: thing if isinstance(thing, str) else f"{thing.options()}"
)


class Scaled(nn.Module):
    """Outputs that are the inputs times a parameter of 1, so that there is a gradient."""

    def __init__(self):
        self.scale = nn.Parameter(1.0)

    def forward(self, rows):
        return [[self.scale * x for x in row] for row in rows]


def same(number):
    return pytest.approx(number, rel=1e-12, abs=1e-13, nan_ok=True)


@EVERY_CASE
@given(st.data())
def test_the_loss_of_batches_of_every_size_is_that_of_all_data_in_one_batch(criterion, samples, data):
    rows = data.draw(st.lists(st.tuples(*SAMPLES[samples]), min_size=1, max_size=7))
    inputs, targets = map(list, zip(*rows, strict=True))
    whole = float(criterion(inputs, targets))
    for batch_size in range(1, len(rows) + 1):
        assert evaluate(nn.Identity(), (inputs, targets), criterion, batch_size=batch_size)["loss"] == same(whole)


@EVERY_CASE
@given(st.data())
def test_training_records_the_loss_and_the_gradient_of_all_data_for_batches_of_every_size(criterion, samples, data):
    rows = data.draw(st.lists(st.tuples(*SAMPLES[samples]), min_size=1, max_size=5))
    inputs, targets = map(list, zip(*rows, strict=True))
    model = Scaled()
    whole = criterion(model(inputs), targets)
    if math.isnan(whole.data):
        return
    whole.backward()
    gradient = abs(model.scale.grad)
    for batch_size in range(1, len(rows) + 1):
        optimizer = nn.optim.SGD(model.parameters(), lr=0.0)
        history = nn.fit(model, (inputs, targets), criterion, optimizer, 1, batch_size=batch_size, tolerance=1e-300,
                         validation=(inputs, targets), progress=False)  # fmt: skip
        assert history.loss == [same(whole.data)]
        assert history.grad_norm == [pytest.approx(gradient, rel=1e-11, abs=1e-11)]


ROWS = ([[0.0, 1.0, 2.0], [1.0, 1.0, 0.0], [3.0, 0.0, 0.5]], [0, 2, 1])


@pytest.mark.parametrize(
    ("criterion", "loss"),
    [
        (F.cross_entropy, nn.CrossEntropyLoss()),
        (partial(F.cross_entropy, ignore_index=0), nn.CrossEntropyLoss(ignore_index=0)),
        (partial(F.nll_loss, weight=WEIGHTS, reduction="sum"), nn.NLLLoss(weight=WEIGHTS, reduction="sum")),
    ],
)
def test_a_loss_given_as_a_function_counts_as_its_module_does(criterion, loss):
    for batch_size in (1, 2, 3):
        assert evaluate(nn.Identity(), ROWS, criterion, batch_size=batch_size)["loss"] == same(loss(*ROWS))


def test_any_other_criterion_counts_rows_unless_it_says_that_it_is_a_sum():
    def mean(outputs, targets):
        return math.fsum(map(math.fsum, outputs)) / len(outputs)

    class Sum(nn.Module):
        reduction = "sum"

        def forward(self, outputs, targets):
            return math.fsum(map(math.fsum, outputs))

    for batch_size in (1, 2, 3):
        assert evaluate(nn.Identity(), ROWS, mean, batch_size=batch_size)["loss"] == same(8.5 / 3)
        assert evaluate(nn.Identity(), ROWS, Sum(), batch_size=batch_size)["loss"] == same(8.5)
    variance = partial(F.gaussian_nll_loss, var=1.0)  # the mean over rows of one length
    rows = [[1.0, 2.0], [0.0, 3.0], [5.0, 5.0]], [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]
    for batch_size in (1, 2, 3):
        assert evaluate(nn.Identity(), rows, variance, batch_size=batch_size)["loss"] == same(variance(*rows))


# ---------------------------------------------------------------------- batches in which no target counts


def test_training_goes_on_past_a_batch_of_ignored_targets_as_the_loop_written_out_does():
    inputs, targets = [[1.0], [2.0], [3.0], [4.0]], [0, 1, -100, -100]
    criterion = nn.CrossEntropyLoss()
    ends = []
    for written_out in (True, False):
        model = nn.Linear(1, 2)
        model.load_state_dict({"weight": [[0.5], [-0.25]], "bias": [0.0, 0.125]})
        optimizer = nn.optim.Adam(model.parameters(), lr=0.1)
        if written_out:
            for _ in range(3):
                for start in (0, 2):
                    optimizer.zero_grad()
                    criterion(model(inputs[start : start + 2]), targets[start : start + 2]).backward()
                    optimizer.step()
        else:
            history = nn.fit(model, (inputs, targets), criterion, optimizer, 3, batch_size=2, shuffle=False,
                             progress=False)  # fmt: skip
            assert all(map(math.isfinite, history.loss))
        ends.append([parameter.data for parameter in model.parameters()])
    assert ends[0] == ends[1]
    assert all(map(math.isfinite, ends[0]))


@pytest.mark.parametrize("criterion", [nn.CrossEntropyLoss(ignore_index=0), nn.CrossEntropyLoss([0.0, 1.0])], ids=repr)
def test_data_without_a_target_that_counts_is_named(criterion):
    model, data = nn.Linear(1, 2), ([[1.0], [2.0]], [0, 0])
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(ValueError, match=r"no target of the data counts in CrossEntropyLoss\(\): all are ign"):
        nn.fit(model, data, criterion, optimizer, 1, progress=False)
    assert math.isnan(evaluate(model, data, criterion)["loss"])
    with pytest.warns(RuntimeWarning, match="nan in epoch 1, because no target of the validation data counts in Cross"):
        nn.fit(model, ([[1.0]], [1]), criterion, optimizer, 1, validation=data, progress=False)
