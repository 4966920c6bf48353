"""What `nn.diagnose` finds about a network as a whole, and what it must not accuse."""

from __future__ import annotations

import inspect
import itertools
import math
import random
from functools import partial

import pytest

import autograd
import nn
from autograd import Value
from nn.diagnostics import diagnose
from nn.modules.activations import Activation
from nn.modules.base_loss import Loss
from nn.registry import declared

WORDS = ("one object", "probabilities already", "no gradient reaches")
X, CLASSES = nn.datasets.make_blobs(24, centers=3, random_state=0)
ONE_HOT = [[float(label == place) for place in range(3)] for label in CLASSES]


def found(report):
    """The findings on the whole."""
    return [finding for finding in report.findings if any(word in finding.problem for word in WORDS)]


def only(report):
    (finding,) = found(report)
    return finding


def net(*last, hidden=None):
    return nn.Sequential(nn.Linear(2, 5), hidden or nn.Tanh(), nn.Linear(5, 3), *last)


# ---------------------------------------------------------------------- nothing that is sound is accused


def options_of(kind):
    """Options for an activation that has no default for them."""
    return {"Threshold": (0.1, 0.0)}.get(kind.__name__, ())


ACTIVATIONS = {
    name: kind for name, kind in declared(Activation).items() if name not in ("Step", "Softmax", "LogSoftmax")
}


def targets_for(loss, seed):
    """Targets of the form that a loss compares outputs with."""
    generator = random.Random(seed)
    forms = {
        "numbers": lambda: generator.gauss(0, 1),
        "logits": lambda: float(generator.random() < 0.5),
        "signs": lambda: generator.choice([-1.0, 1.0]),
        "distances": lambda: generator.choice([-1.0, 1.0]),
        "probabilities": lambda: float(generator.random() < 0.5),
    }
    if loss.compares in ("classes", "log-probabilities"):
        return CLASSES
    if loss.compares == "distributions":
        return ONE_HOT
    return [[forms[loss.compares]() for _ in range(3)] for _ in X]


LAST = {
    "probabilities": nn.Sigmoid,
    "log-probabilities": nn.LogSoftmax,
    "distributions": nn.LogSoftmax,
}
TWO_INPUTS = [
    name
    for name, kind in declared(Loss).items()
    if len([p for p in inspect.signature(kind.function).parameters.values() if p.default is p.empty]) == 2
]


def test_most_losses_are_tried():
    assert len(TWO_INPUTS) >= 12 and {"CrossEntropyLoss", "BCEWithLogitsLoss", "HingeEmbeddingLoss"} <= set(TWO_INPUTS)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", TWO_INPUTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_sound_network_is_not_accused(activation, name, seed):
    random.seed(seed)
    loss = declared(Loss)[name]()
    kind = ACTIVATIONS[activation]
    last = [LAST[loss.compares]()] if loss.compares in LAST else []
    model = net(*last, hidden=kind(*options_of(kind)))
    assert found(diagnose(model, (X, targets_for(loss, seed)), loss)) == []


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "build",
    [
        lambda: nn.MLP(2, [4, 4, 3]),
        lambda: nn.MLP(2, [4, 3], activation="sigmoid", expanded=True),
        lambda: nn.Sequential(nn.Maxout(2, 4), nn.Dropout(0.5), nn.Linear(4, 3)),
        lambda: nn.Sequential(*[layer for _ in range(4) for layer in (nn.Linear(2, 2), nn.ReLU())], nn.Linear(2, 3)),
        lambda: nn.Sequential(nn.Linear(2, 3), nn.LogSoftmax()),
        lambda: nn.Linear(2, 3),
    ],
    ids=["MLP", "expanded", "Maxout", "deep", "LogSoftmax", "Linear"],
)
def test_sound_networks_of_other_kinds_are_not_accused(build, seed):
    random.seed(seed)
    for criterion in (nn.CrossEntropyLoss(), nn.MultiMarginLoss(), None):
        assert found(diagnose(build(), (X, CLASSES), criterion)) == []


# ---------------------------------------------------------------------- one object in several places


@pytest.mark.parametrize(
    ("model", "places", "parameters", "count"),
    [
        (lambda: nn.Sequential(nn.Linear(2, 4), *[nn.Linear(4, 4)] * 3), "1, 2, 3", 20, 3),
        (lambda: nn.Sequential(*[nn.Linear(2, 2), nn.ReLU()] * 2), "0, 2", 6, 2),
        (lambda: nn.Sequential(*[nn.Sequential(nn.Linear(2, 2), nn.Tanh())] * 4), "0, 1, 2, 3", 6, 4),
        (lambda: InARow(nn.ModuleList([nn.Linear(2, 2)] * 6)), "layers.0, layers.1, layers.2, layers.3 and 2 more", 6,
         6),
        (lambda: InARow([nn.Linear(2, 2)] * 2), "layers.0, layers.1", 6, 2),
        (lambda: InARow(([nn.Linear(2, 2)] * 2,)), "layers.0.0, layers.0.1", 6, 2),
        (lambda: InARow([[nn.Linear(2, 2), nn.Tanh()]] * 3), "layers.0, layers.1, layers.2", 6, 3),
        (lambda: SideBySide([nn.Linear(2, 1)] * 3), "layers.0, layers.1, layers.2", 3, 3),
        (lambda: OneByOne(nn.Sequential(*[nn.Linear(2, 2)] * 2)), "model.0, model.1", 6, 2),
    ],
)  # fmt: skip
def test_one_layer_in_several_places_of_a_list(model, places, parameters, count):
    finding = only(diagnose(model(), X))
    assert finding.problem == f"layers {places} are one object: {parameters} parameters, not {parameters * count}"
    assert f"for _ in range({count})" in finding.remedy


def test_one_learned_slope_in_two_places_is_one_parameter():
    activation = nn.PReLU()
    model = nn.Sequential(nn.Linear(2, 2), activation, nn.Linear(2, 2), activation)
    assert only(diagnose(model, X)).problem == "layers 1, 3 are one object: 1 parameter, not 2"


def test_the_remedy_gives_the_number_of_parameters_that_it_speaks_of():
    model = nn.Sequential(*[nn.Linear(4, 4) for _ in range(3)])
    assert len(model.parameters()) == 60
    assert found(diagnose(model, [[1.0, 2.0, 3.0, 4.0]])) == []


class InARow(nn.Module):
    """Layers, perhaps in lists of lists, each called with the outputs of the one before."""

    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        waiting = list(self.layers)
        while waiting:
            part = waiting.pop(0)
            if isinstance(part, nn.Module):
                x = part(x)
            else:
                waiting[:0] = part
        return x


class SideBySide(nn.Module):
    """Heads, each called with the same input."""

    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        return [list(itertools.chain(*rows)) for rows in zip(*[layer(x) for layer in self.layers], strict=True)]


class OneByOne(nn.Module):
    """A model that takes its samples one at a time."""

    def __init__(self, model):
        self.model = model

    def forward(self, x):
        return [self.model(sample) for sample in x]


class Again(nn.Module):
    """One module, called several times: a recurrent network."""

    def __init__(self):
        self.cell, self.last = nn.Linear(2, 2), nn.Linear(2, 3)

    def forward(self, x):
        for _ in range(3):
            x = self.cell(x)
        return self.last(x)


class Tied(nn.Module):
    """Two attributes for one layer, and a decoder with the weights of the encoder."""

    def __init__(self):
        self.first = nn.Linear(2, 2)
        self.second = self.first
        self.decoder = nn.Linear(2, 2)
        self.decoder.weight = self.first.weight

    def forward(self, x):
        return self.decoder(self.second(self.first(x)))


class Twins(nn.Module):
    """Two places for one tower, each called with a part of the input of its own."""

    def __init__(self):
        tower = nn.Sequential(nn.Linear(1, 2), nn.Tanh())
        self.towers = [tower, tower]

    def forward(self, x):
        left, right = (tower([[row[place]] for row in x]) for place, tower in enumerate(self.towers))
        return [[a - b for a, b in zip(*rows, strict=True)] for rows in zip(left, right, strict=True)]


class SharedTrunk(nn.Module):
    """Several tasks, each with a head of its own on one trunk."""

    def __init__(self):
        trunk = nn.Linear(2, 4)
        self.tasks = [nn.Sequential(trunk, nn.Linear(4, 1)), nn.Sequential(trunk, nn.Linear(4, 1))]

    def forward(self, x):
        return [list(itertools.chain(*rows)) for rows in zip(*[task(x) for task in self.tasks], strict=True)]


class Slices(nn.Module):
    """A network, and parts of it."""

    def __init__(self):
        self.whole = net()
        self.body, self.parts = self.whole[:2], list(self.whole)

    def forward(self, x):
        return self.parts[2](self.body(x))


class Named(nn.Module):
    """One layer under two names that somebody chose."""

    def __init__(self):
        layer = nn.Linear(2, 2)
        self.layers = nn.ModuleDict({"0": layer, "1": layer})
        self.others = {0: layer, 1: layer}

    def forward(self, x):
        return self.layers["1"](self.layers["0"](x))


def frozen():
    return nn.Sequential(*[nn.Linear(2, 2).requires_grad_(False)] * 2, nn.Linear(2, 3))


def one_activation():
    activation = nn.ReLU()
    return nn.Sequential(nn.Linear(2, 2), activation, nn.Linear(2, 2), activation)


@pytest.mark.parametrize(
    "build", [Again, Tied, Twins, SharedTrunk, Slices, Named, frozen, one_activation], ids=lambda build: build.__name__
)
@pytest.mark.parametrize("one_by_one", [False, True])
def test_weights_that_are_shared_on_purpose_are_not_accused(build, one_by_one):
    model = build()
    if one_by_one and build is not Twins and build is not SharedTrunk:
        model = OneByOne(model)
    assert found(diagnose(model, X)) == []


def test_a_layer_that_is_in_a_list_but_not_called_is_not_accused():
    class First(nn.Module):
        def __init__(self):
            self.model, self.spare = net(), [nn.Linear(2, 2)] * 2

        def forward(self, x):
            return self.model(x)

    assert found(diagnose(First(), X)) == []


# ---------------------------------------------------------------------- scores that are probabilities


def least_by_search(loss, targets, columns, steps=5):
    """The smallest loss of all outputs from 0 to 1, row by row, on a grid that has the ends."""
    grid = [step / (steps - 1) for step in range(steps)]
    rows = list(itertools.product(grid, repeat=columns))
    return sum(min(loss([list(row)], [target]) for row in rows) for target in targets) / len(targets)


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("last", [nn.Softmax, nn.Sigmoid, nn.Hardsigmoid])
def test_the_smallest_cross_entropy_of_probabilities(classes, last):
    random.seed(classes)
    labels = [index % classes for index in range(len(X))]
    finding = only(diagnose(nn.Sequential(nn.Linear(2, classes), last()), (X, labels), nn.CrossEntropyLoss()))
    least = math.log(1 + (classes - 1) / math.e)  # a 1 beside zeros
    assert f"cannot fall below {least:.4g}" in finding.problem
    assert last.function.__name__ in finding.problem and last.function.__name__ in finding.remedy
    if classes < 5:
        assert least_by_search(nn.CrossEntropyLoss(), labels[:4], classes) == pytest.approx(least)


@pytest.mark.parametrize("options", [{}, {"pos_weight": 3.0}, {"weight": [1.0, 2.0, 0.5]}], ids=str)
def test_the_smallest_binary_cross_entropy_of_probabilities(options):
    loss = nn.BCEWithLogitsLoss(**options)
    finding = only(diagnose(net(nn.Sigmoid()), (X, ONE_HOT), loss))
    assert f"cannot fall below {least_by_search(loss, ONE_HOT, 3, steps=3):.4g}" in finding.problem
    assert "nn.BCELoss" in finding.remedy


@pytest.mark.parametrize(
    ("options", "targets"),
    [
        ({"weight": [1.0, 5.0, 2.0]}, CLASSES),
        ({"ignore_index": 1}, CLASSES),
        ({"reduction": "sum"}, CLASSES),
        ({}, ONE_HOT),
    ],
)
def test_no_training_gets_below_the_number_in_the_finding(options, targets):
    random.seed(0)
    loss = nn.CrossEntropyLoss(**options)
    model = nn.Sequential(nn.Linear(2, 3), nn.Softmax())
    problem = only(diagnose(model, (X, targets), loss)).problem
    least = float(problem.rpartition(" ")[2])
    optimizer = nn.optim.Adam(model.parameters(), lr=0.5)
    reached = []
    for _ in range(150):  # the three classes are apart, so that nearly all can be right
        out = loss(model(X), targets)
        optimizer.zero_grad()
        out.backward()
        optimizer.step()
        reached.append(float(out))
    assert least * 0.999 < min(reached) < least * 1.1


@pytest.mark.parametrize(
    ("criterion", "targets"),
    [
        (nn.CrossEntropyLoss(label_smoothing=0.1), CLASSES),
        (nn.CrossEntropyLoss(), [[0.2, 0.3, 0.5]] * len(X)),
        (nn.CrossEntropyLoss(ignore_index=0), [0] * len(X)),  # of which none counts
        (nn.BCEWithLogitsLoss(), [[0.2, 0.3, 0.5]] * len(X)),
    ],
)
def test_no_number_is_given_where_it_is_not_that_of_a_one_beside_zeros(criterion, targets):
    problems = [finding.problem for finding in found(diagnose(net(nn.Softmax()), (X, targets), criterion))]
    assert "probabilities already" in problems[-1] and "cannot fall" not in problems[-1]


class ByHand(nn.Module):
    """A softmax written out."""

    def __init__(self):
        self.layer = nn.Linear(2, 3)

    def forward(self, x):
        powers = [[score.exp() for score in row] for row in self.layer(x)]
        return [[power / sum(row) for power in row] for row in powers]


class Called(nn.Module):
    """An activation called as a function."""

    def __init__(self, function):
        self.layer, self.function = nn.Linear(2, 3), function

    def forward(self, x):
        return self.function(self.layer(x))


@pytest.mark.parametrize(
    "model",
    [
        ByHand,
        lambda: Called(nn.functional.softmax),
        lambda: Called(nn.functional.sigmoid),
        lambda: Called(partial(autograd.softmax, dim=1)),
        lambda: nn.Sequential(net(nn.Softmax()), nn.Identity()),
        lambda: OneByOne(net(nn.Softmax())),
    ],
    ids=["by hand", "softmax", "sigmoid", "dim", "Identity", "one by one"],
)
@pytest.mark.parametrize(
    "criterion",
    [nn.CrossEntropyLoss(), nn.functional.cross_entropy, partial(nn.functional.cross_entropy, reduction="sum")],
    ids=["class", "function", "partial"],
)
def test_probabilities_are_known_however_they_are_made(model, criterion):
    assert "probabilities already" in only(diagnose(model(), (X, CLASSES), criterion)).problem


def test_one_sample_is_enough():
    assert "0.5514" in only(diagnose(net(nn.Softmax()), ([0.5, -1.0], 2), nn.CrossEntropyLoss())).problem


def test_large_inputs_hide_nothing():
    large = [[1e7 * x for x in row] for row in X]
    model = nn.Sequential(nn.Linear(2, 3), nn.Softmax())
    for row in model[0].weight:
        for weight in row:
            weight.data *= 1e-7
    assert "probabilities already" in only(diagnose(model, (large, CLASSES), nn.CrossEntropyLoss())).problem


class Constant(nn.Module):
    """Scores that sum to 1 at first, by chance, as those of biases that start at the shares of the classes."""

    def __init__(self, shares):
        self.layer = nn.Linear(2, 3)
        for row, bias, share in zip(self.layer.weight, self.layer.bias, shares, strict=True):
            bias.data = share
            for weight in row:
                weight.data = 0.0

    def forward(self, x):
        return self.layer(x)


class Between(nn.Module):
    """Scores that are between 0 and 1, but of another kind."""

    def __init__(self, function):
        self.layer, self.function = nn.Linear(2, 3), function

    def forward(self, x):
        return [[self.function(score) for score in row] for row in self.layer(x)]


@pytest.mark.parametrize(
    "model",
    [
        lambda: Constant([0.2, 0.3, 0.5]),
        lambda: Constant([0.0, 0.0, 1.0]),
        lambda: Between(lambda x: 5.0 * x.sigmoid()),
        lambda: Between(lambda x: x.sigmoid().log()),
        lambda: Between(lambda x: x.tanh()),
        lambda: Between(lambda x: x * x),
        lambda: net(nn.LogSoftmax()),
        lambda: net(nn.LogSigmoid()),
        lambda: net(nn.ReLU()),
        lambda: nn.Sequential(net(nn.Softmax()), nn.Linear(3, 3)),
    ],
)
def test_scores_of_other_kinds_are_not_accused(model):
    for criterion, targets in ((nn.CrossEntropyLoss(), CLASSES), (nn.BCEWithLogitsLoss(), ONE_HOT)):
        assert found(diagnose(model(), (X, targets), criterion)) == []


@pytest.mark.parametrize(
    ("last", "criterion", "targets"),
    [
        (nn.Sigmoid, nn.BCELoss(), ONE_HOT),
        (nn.Softmax, nn.MSELoss(), ONE_HOT),
        (nn.Sigmoid, nn.MSELoss(), ONE_HOT),
        (nn.Softmax, nn.BCELoss(), ONE_HOT),
        (nn.LogSoftmax, nn.NLLLoss(), CLASSES),
        (nn.Softmax, lambda p, y: nn.functional.nll_loss([[autograd.log(x) for x in row] for row in p], y), CLASSES),
    ],
)
def test_probabilities_are_right_before_other_losses(last, criterion, targets):
    assert found(diagnose(net(last()), (X, targets), criterion)) == []


# ---------------------------------------------------------------------- no way for a gradient


class Rounded(nn.Module):
    """A network whose hidden numbers are rounded."""

    def __init__(self, straight_through=False):
        self.first, self.last = nn.Linear(2, 4), nn.Linear(4, 3)
        self.straight_through = straight_through

    def forward(self, x):
        return self.last([[self.rounded(value) for value in row] for row in self.first(x)])

    def rounded(self, value):
        if self.straight_through:
            return value + (value.round() - value).detach()
        return value.round()


def share_of_hits(outputs, targets):
    hits = [(autograd.max(row) - row[label]).sign() for row, label in zip(outputs, targets, strict=True)]
    return autograd.sum(hits) / len(hits)


def line_of(function, text):
    lines, first = inspect.getsourcelines(function)
    return first + next(number for number, line in enumerate(lines) if text in line)


def test_a_step_before_a_layer_is_named_with_its_line():
    finding = only(diagnose(Rounded(), (X, CLASSES), nn.CrossEntropyLoss()))
    assert finding.layer == "first"
    assert finding.problem.startswith("no gradient reaches 12 of 27 parameters, each is exactly 0, since every path")
    assert f'round in the model: File "{__file__}", line {line_of(Rounded, "return value.round()")}' in finding.problem
    assert "(x.round() - x).detach()" in finding.remedy


def test_the_remedy_of_a_step_is_right():
    report = diagnose(Rounded(straight_through=True), (X, CLASSES), nn.CrossEntropyLoss())
    assert found(report) == [] and report.rows[0].gradient_norm > 0


def test_a_loss_that_counts_is_named():
    report = diagnose(net(), (X, CLASSES), share_of_hits)
    finding = only(report)
    assert report.verdict == "no gradient"
    assert finding.layer == "0, 2"
    assert "no gradient reaches any parameter" in finding.problem
    assert f'sign in the criterion: File "{__file__}", line {line_of(share_of_hits, ".sign()")}' in finding.problem
    assert not [one for one in report.findings if "exactly 0" in one.problem and one is not finding]


@pytest.mark.parametrize(
    ("model", "place"),
    [
        (lambda: net(hidden=nn.Step()), "sign in 1 (Step)"),
        (lambda: nn.MLP(2, [4, 3], activation="round"), "(round in layers.0 (Layer))"),
        (lambda: nn.MLP(2, [4, 3], activation="floor", expanded=True), "(floor in layers.0 (Layer))"),
        (lambda: nn.Sequential(nn.Neuron(2, activation="sign"), nn.Identity()), "(sign in 0 (Neuron))"),
    ],
)
def test_a_step_in_a_module_of_nn_is_named_by_the_module(model, place):
    report = diagnose(model(), X)
    assert place in only(report).problem
    assert "File" not in only(report).problem
    assert not [finding for finding in report.findings if "vanish" in finding.problem]


class Gate(nn.Module):
    """A threshold that only says which branch is taken; the rest learns."""

    def __init__(self):
        self.layer, self.threshold = nn.Linear(2, 3), Value(0.1)

    def forward(self, x):
        return [[autograd.where((v - self.threshold).relu(), v, 0.1 * v) for v in row] for row in self.layer(x)]


def test_a_parameter_that_only_chooses_is_named_and_the_others_are_not():
    report = diagnose(Gate(), (X, CLASSES), nn.CrossEntropyLoss())
    finding = only(report)
    assert "1 of 10 parameters" in finding.problem and "crosses where" in finding.problem
    assert sorted(row.cut_off for row in report.rows) == [0, 1]


def dead():
    model = net(hidden=nn.ReLU())
    for bias in model[0].bias:
        bias.data = -1000.0
    return model


def saturated():
    model = net(hidden=nn.Sigmoid())
    for bias in model[0].bias:
        bias.data = 1e6
    return model


def weights_of_zero():
    model = net()
    for row in model[2].weight:
        for weight in row:
            weight.data = 0.0
    return model


def below_threshold():
    return net(hidden=nn.Threshold(1e9, 0.0))


@pytest.mark.parametrize("build", [dead, saturated, weights_of_zero, below_threshold], ids=lambda build: build.__name__)
def test_a_gradient_of_zero_for_these_numbers_has_another_cause(build):
    report = diagnose(build(), (X, CLASSES), nn.CrossEntropyLoss())
    assert report.rows[0].gradient_norm == 0
    assert found(report) == []
    assert "the gradient of all of its 15 parameters is exactly 0" in str(report)


def test_frozen_layers_before_a_step_are_not_accused():
    model = net(hidden=nn.Step())
    model[0].requires_grad_(False)
    assert found(diagnose(model, (X, CLASSES), nn.CrossEntropyLoss())) == []


def test_findings_on_the_whole_come_first_and_the_model_is_as_it_was():
    model = nn.Sequential(*[nn.Linear(2, 2)] * 2, nn.Step(), nn.Linear(2, 3), nn.Softmax())
    before = model.state_dict()
    report = diagnose(model, (X, CLASSES), nn.CrossEntropyLoss())
    assert [word in finding.problem for word, finding in zip(reversed(WORDS), report.findings, strict=False)] == [
        True
    ] * 3
    assert model.state_dict() == before and not any(parameter.grad for parameter in model.parameters())
    assert "forward" not in vars(model[0])
