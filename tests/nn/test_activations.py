"""Activations by finite differences and closed forms, at kinks, and with learned parameters."""

from __future__ import annotations

import math
import random

import pytest

import nn
from autograd import Value, gradcheck
from nn import functional as F  # noqa: N812

ELEMENTWISE = [
    nn.ReLU(),
    nn.ReLU6(),
    nn.LeakyReLU(0.2),
    nn.ELU(1.5),
    nn.GELU(),
    nn.GELU("tanh"),
    nn.SiLU(),
    nn.Sigmoid(),
    nn.LogSigmoid(),
    nn.Tanh(),
    nn.Hardsigmoid(),
    nn.Hardtanh(-0.5, 2.0),
    nn.Softplus(2.0),
    nn.Threshold(0.1, 5.0),
    nn.Step(),
    nn.Identity(),
]
FORMULAS = {
    "ReLU": lambda x: max(x, 0.0),
    "ReLU6": lambda x: min(max(x, 0.0), 6.0),
    "LeakyReLU": lambda x: x if x > 0 else 0.2 * x,
    "ELU": lambda x: x if x > 0 else 1.5 * (math.exp(x) - 1),
    "GELU": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "SiLU": lambda x: x / (1 + math.exp(-x)),
    "Sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "LogSigmoid": lambda x: -math.log(1 + math.exp(-x)),
    "Tanh": math.tanh,
    "Hardsigmoid": lambda x: min(max((x + 3) / 6, 0.0), 1.0),
    "Hardtanh": lambda x: min(max(x, -0.5), 2.0),
    "Softplus": lambda x: math.log(1 + math.exp(2 * x)) / 2,
    "Threshold": lambda x: x if x > 0.1 else 5.0,
    "Step": lambda x: float(x >= 0),
    "Identity": lambda x: x,
}
POINTS = [-4.3, -0.8, 0.6, 1.9, 7.1]


@pytest.mark.parametrize("activation", ELEMENTWISE, ids=repr)
def test_activations_are_their_formulas(activation):
    formula = FORMULAS[type(activation).__name__]
    tolerance = 1e-3 if repr(activation) == "GELU(approximate='tanh')" else 1e-12
    assert activation(POINTS) == pytest.approx(list(map(formula, POINTS)), abs=tolerance)


@pytest.mark.parametrize("activation", ELEMENTWISE, ids=repr)
@pytest.mark.parametrize("x", POINTS)
def test_slopes_against_finite_differences(activation, x):
    assert gradcheck(lambda v: activation([v, 1.0])[0] + 0.0, [x], atol=1e-8, rtol=1e-6)


@pytest.mark.parametrize("activation", ELEMENTWISE, ids=repr)
def test_numbers_give_numbers_and_shapes_stay(activation):
    assert all(type(x) is float for x in activation(POINTS))
    assert activation([POINTS, POINTS]) == [activation(POINTS)] * 2
    assert activation(POINTS[0]) == activation(POINTS)[0]
    assert [v.data for v in activation([Value(x) for x in POINTS])] == activation(POINTS)


@pytest.mark.parametrize("activation", ELEMENTWISE, ids=repr)
def test_extremes_give_finite_numbers_and_slopes(activation):
    for number in (-1000.0, 0.0, 1000.0):
        x = Value(number)
        out = activation([x])[0] + 0.0
        out.backward()
        assert math.isfinite(out.data) and math.isfinite(x.grad)


@pytest.mark.parametrize("number", [-2.0, -0.0, 0.0, 5e-324, 3.0])
def test_no_gradient_passes_a_step(number):
    x = Value(number)
    out = nn.Step()(x)
    out.backward()
    assert (out.data, x.grad) == (float(number >= 0), 0.0)


def test_softplus_without_a_threshold_is_exact():
    assert F.softplus(25.0, threshold=math.inf) == math.log1p(math.exp(-25.0)) + 25.0
    assert F.softplus(25.0) == 25.0


def test_tanh_gelu_keeps_its_digits_far_below_zero():
    u = math.sqrt(2 / math.pi) * (-6 + 0.044715 * (-6) ** 3)
    assert F.gelu(-6.0, "tanh") == pytest.approx(-6 * math.exp(2 * u) / (1 + math.exp(2 * u)), rel=1e-12)


# ---------------------------------------------------------------------- learned


def test_slopes_of_prelu_belong_to_elements():
    layer = nn.PReLU(2)
    layer.load_state_dict({"weight": [0.5, 0.1]})
    out = layer([[-2.0, -3.0], [1.0, -1.0]])
    assert [[v.data for v in row] for row in out] == [[-1.0, pytest.approx(-0.3)], [1.0, -0.1]]
    sum(out[0] + out[1]).backward()
    assert [w.grad for w in layer.weight] == [-2.0, -4.0]


def test_a_constant_slope_is_a_constant():
    x = Value(-2.0)
    out = F.leaky_relu(x, 0.25)
    assert out.operands == (x, 0.25)


def random_maxout(*arguments):
    random.seed(3)
    return nn.Maxout(*arguments)


def test_maxout_is_the_largest_of_its_pieces():
    layer = random_maxout(3, 2, 4)
    rows = [[0.3, -1.0, 2.0], [5.0, 0.0, -0.7]]
    for row, outputs in zip(rows, layer(rows), strict=True):
        pieces = [[v.data for v in piece(row)] for piece in layer.pieces]
        assert [v.data for v in outputs] == [max(column) for column in zip(*pieces, strict=True)]
        assert [v.data for v in layer(row)] == [v.data for v in outputs]


def test_maxout_with_a_piece_of_zero_is_linear_and_relu():
    layer = random_maxout(3, 4)
    for parameter in layer.pieces[1].parameters():
        parameter.data = 0.0
    plain = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
    plain[0].load_state_dict(layer.pieces[0].state_dict())
    rows = [[0.3, -1.0, 2.0], [5.0, 0.0, -0.7]]
    ours, theirs = layer(rows), plain(rows)
    assert [[v.data for v in row] for row in ours] == [[v.data for v in row] for row in theirs]
    sum(v for row in ours for v in row).backward()
    sum(v for row in theirs for v in row).backward()
    assert [w.grad for w in layer.pieces[0].parameters()] == [w.grad for w in plain.parameters()]


def test_gradients_of_maxout_against_finite_differences():
    layer = random_maxout(2, 2, 3)
    assert gradcheck(lambda *x: sum(layer(x)), [0.4, -1.3], atol=1e-8)
    first = layer.pieces[0].weight[0]

    def of_weights(*weights):
        layer.pieces[0].weight[0] = list(weights)
        return sum(layer([2.0, 1.0]))

    assert gradcheck(of_weights, [w.data for w in first], atol=1e-8)


@pytest.mark.parametrize(
    ("module", "arguments"), [("PReLU", ()), ("Maxout", (4, 4)), ("GELU", ()), ("ELU", ()), ("Dropout", (0.1,))]
)
def test_models_with_them_learn(module, arguments):
    random.seed(0)
    model = nn.Sequential(nn.Linear(2, 4), getattr(nn, module)(*arguments), nn.Linear(4, 1))
    X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0.0], [1.0], [1.0], [2.0]]
    optimizer = nn.optim.Adam(model.parameters(), lr=0.05)
    losses = []
    for _ in range(40):
        loss = nn.MSELoss()(model(X), y)
        losses.append(loss.data)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < losses[0] / 2


# ---------------------------------------------------------------------- inputs


def test_arrays_and_iterators_are_vectors():
    numpy = pytest.importorskip("numpy", reason="NumPy is not installed: pip install numpy")
    array = numpy.array([[0.5, -2.0], [1.0, 3.0]])
    assert nn.ELU()(array) == nn.ELU()(array.tolist())
    assert F.prelu(array, numpy.array([0.1, 0.2])) == F.prelu(array.tolist(), [0.1, 0.2])
    assert F.softmax(array) == F.softmax(array.tolist())
    assert nn.ReLU()(map(float, [1, -2])) == [1.0, 0.0]
    layer = random_maxout(2, 1)
    assert [v.data for v in layer(map(float, [1, 2]))] == [v.data for v in layer([1.0, 2.0])]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.GELU("erf"), "approximate must be 'none' or 'tanh', got 'erf'"),
        (lambda: nn.Hardtanh(1.0, -1.0), "min_val below max_val, got 1.0 and -1.0"),
        (lambda: nn.Softplus(beta=0.0), "softplus needs a positive beta, got 0.0"),
        (lambda: nn.PReLU(0), "num_parameters must be a whole number of at least 1, got 0"),
        (lambda: nn.PReLU(2)([1.0, 2.0, 3.0]), "prelu with 2 slopes takes vectors of that length, got one of length 3"),
        (lambda: nn.PReLU(2)(1.0), "prelu with 2 slopes takes vectors of that length, got a single number"),
        (lambda: nn.Maxout(2, 1, 0), "num_pieces must be a whole number of at least 1, got 0"),
        (lambda: nn.Maxout(2, 1)([1.0]), "vectors of length 2"),
        (lambda: F.softmax([1.0, 2.0], dim=1), r"softmax got dim=1 for an input of 1 dimensions"),
        (lambda: F.log_softmax(1.0), r"log_softmax got dim=-1 for an input of 0 dimensions"),
        (lambda: F.softmax([[1.0], [1.0, 2.0]]), "softmax takes sequences whose parts have one shape"),
    ],
)
def test_wrong_options_and_shapes(call, message):
    with pytest.raises(ValueError, match=message):
        call()
