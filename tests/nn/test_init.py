"""Initializers: draws against the exact distribution functions, structure by its definition, gains against PyTorch."""

from __future__ import annotations

import inspect
import math
import random
from statistics import NormalDist

import pytest

import nn
from autograd import Value
from nn import init
from nn.nested import as_numbers, flat, shape_of


def matrix(rows, columns):
    return [[Value(7.0) for _ in range(columns)] for _ in range(rows)]


def uniform(a, b):
    return lambda x: min(max((x - a) / (b - a), 0.0), 1.0)


def normal(mean, std):
    return NormalDist(mean, std).cdf


def truncated(mean, std, a, b):
    cdf = NormalDist(mean, std).cdf
    return lambda x: (cdf(min(max(x, a), b)) - cdf(a)) / (cdf(b) - cdf(a))


def distance(numbers, cdf):
    """The statistic of Kolmogorov and Smirnov: the largest distance between the two distribution functions."""
    numbers = sorted(numbers)
    n = len(numbers)
    return max(max((i + 1) / n - cdf(x), cdf(x) - i / n) for i, x in enumerate(numbers))


ROWS, COLUMNS = 80, 200
N = ROWS * COLUMNS
# Exceeded by one sample in 1000 of the right distribution; a scale that is off by a tenth gives 0.024 on average.
CRITICAL = 1.95 / math.sqrt(N)

DRAWS = [
    (init.uniform_, {}, uniform(0.0, 1.0)),
    (init.uniform_, {"a": -3.0, "b": 2.0}, uniform(-3.0, 2.0)),
    (init.normal_, {}, normal(0.0, 1.0)),
    (init.normal_, {"mean": -3.0, "std": 2.0}, normal(-3.0, 2.0)),
    (init.trunc_normal_, {}, truncated(0.0, 1.0, -2.0, 2.0)),
    (init.trunc_normal_, {"mean": 1.0, "std": 2.0, "a": 0.0, "b": 1.5}, truncated(1.0, 2.0, 0.0, 1.5)),
    (init.trunc_normal_, {"a": 1.0, "b": math.inf}, truncated(0.0, 1.0, 1.0, math.inf)),
    (init.trunc_normal_, {"a": -math.inf, "b": 0.5}, truncated(0.0, 1.0, -math.inf, 0.5)),
    (init.xavier_uniform_, {}, uniform(-math.sqrt(6 / 280), math.sqrt(6 / 280))),
    (init.xavier_uniform_, {"gain": 3.0}, uniform(-3 * math.sqrt(6 / 280), 3 * math.sqrt(6 / 280))),
    (init.xavier_normal_, {}, normal(0.0, math.sqrt(2 / 280))),
    (init.xavier_normal_, {"gain": 0.5}, normal(0.0, 0.5 * math.sqrt(2 / 280))),
    (init.kaiming_uniform_, {}, uniform(-math.sqrt(6 / 200), math.sqrt(6 / 200))),
    (init.kaiming_uniform_, {"mode": "fan_out"}, uniform(-math.sqrt(6 / 80), math.sqrt(6 / 80))),
    (init.kaiming_uniform_, {"a": math.sqrt(5)}, uniform(-1 / math.sqrt(200), 1 / math.sqrt(200))),
    (init.kaiming_uniform_, {"nonlinearity": "linear"}, uniform(-math.sqrt(3 / 200), math.sqrt(3 / 200))),
    (init.kaiming_normal_, {}, normal(0.0, math.sqrt(2 / 200))),
    (init.kaiming_normal_, {"mode": "fan_out", "nonlinearity": "tanh"}, normal(0.0, 5 / 3 / math.sqrt(80))),
    (init.kaiming_normal_, {"a": 1.0, "nonlinearity": "relu"}, normal(0.0, math.sqrt(2 / 200))),
]
RANDOM = [*dict.fromkeys(draw for draw, _, _ in DRAWS), init.orthogonal_]


@pytest.mark.parametrize(("draw", "options", "cdf"), DRAWS, ids=lambda x: getattr(x, "__name__", str(x)))
def test_the_draws_have_the_exact_distribution(draw, options, cdf):
    weight = matrix(ROWS, COLUMNS)
    assert draw(weight, **options, generator=1) is weight
    assert distance(flat(as_numbers(weight)), cdf) < CRITICAL


@pytest.mark.parametrize("scale", [0.9, 1.1])
def test_a_scale_that_is_off_by_a_tenth_would_be_noticed(scale):
    weight = flat(as_numbers(init.normal_(matrix(ROWS, COLUMNS), std=scale, generator=1)))
    assert distance(weight, normal(0.0, 1.0)) > CRITICAL
    weight = flat(as_numbers(init.uniform_(matrix(ROWS, COLUMNS), -scale, scale, generator=1)))
    assert distance(weight, uniform(-1.0, 1.0)) > CRITICAL


def test_further_dimensions_count_to_both_fans():
    weight = [[[[Value(0.0) for _ in range(4)] for _ in range(5)] for _ in range(15)] for _ in range(10)]
    numbers = flat(as_numbers(init.xavier_uniform_(weight, generator=0)))
    bound = math.sqrt(6 / (15 * 20 + 10 * 20))
    assert distance(numbers, uniform(-bound, bound)) < 1.95 / math.sqrt(len(numbers))


@pytest.mark.parametrize(("a", "b"), [(9.0, 10.0), (-10.0, -9.0), (30.0, 31.0)])
def test_a_normal_distribution_is_cut_off_far_out_as_well(a, b):
    numbers = [abs(x) for x in flat(as_numbers(init.trunc_normal_(matrix(20, 20), a=a, b=b, generator=0)))]
    near, far = sorted((abs(a), abs(b)))
    assert near <= min(numbers) < max(numbers) <= far
    # The tail is all but exponential, with a mean excess of 1 / near up to terms in 1 / near³.
    assert sum(numbers) / len(numbers) - near == pytest.approx(1 / near, rel=0.15)


# ---------------------------------------------------------------------- PyTorch

NONLINEARITIES = ["linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]
NONLINEARITIES += ["sigmoid", "tanh", "relu", "leaky_relu", "selu"]


@pytest.mark.parametrize("nonlinearity", NONLINEARITIES)
@pytest.mark.parametrize("param", [None, 0, 0.2, 3])
def test_gains_are_pytorchs(nonlinearity, param):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    assert init.calculate_gain(nonlinearity, param) == torch.nn.init.calculate_gain(nonlinearity, param)


@pytest.mark.parametrize(
    ("name", "arguments"), [("constant_", (0.3,)), ("zeros_", ()), ("ones_", ()), ("eye_", ())], ids=str
)
def test_constants_are_pytorchs(name, arguments):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    expected = getattr(torch.nn.init, name)(torch.empty(3, 5, dtype=torch.float64), *arguments)
    assert as_numbers(getattr(init, name)(matrix(3, 5), *arguments)) == expected.tolist()


def test_the_names_and_the_order_of_arguments_are_pytorchs():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    for name in [*(draw.__name__ for draw in RANDOM), "sparse_", "constant_", "eye_", "calculate_gain"]:
        mine, theirs = (inspect.signature(getattr(module, name)).parameters for module in (init, torch.nn.init))
        assert [(p.name, p.default) for p in mine.values()] == [(p.name, p.default) for p in theirs.values()], name


# ---------------------------------------------------------------------- structure


@pytest.mark.parametrize(("rows", "columns"), [(4, 4), (3, 7), (7, 3), (1, 5), (5, 1)])
@pytest.mark.parametrize("gain", [1.0, 0.5])
def test_an_orthogonal_matrix_times_its_transpose_is_the_identity(rows, columns, gain):
    weight = as_numbers(init.orthogonal_(matrix(rows, columns), gain, generator=0))
    vectors = weight if rows <= columns else list(zip(*weight, strict=True))
    for i, row in enumerate(vectors):
        for j, other in enumerate(vectors):
            assert math.fsum(x * y for x, y in zip(row, other, strict=True)) == pytest.approx(
                gain**2 * (i == j), abs=1e-14
            )


def test_draws_that_are_almost_parallel_become_orthogonal_to_the_last_digits():
    class AlmostParallel(random.Random):
        def gauss(self, mu=0.0, sigma=1.0):
            return 1.0 + 1e-7 * super().gauss(mu, sigma)

    weight = as_numbers(init.orthogonal_(matrix(5, 8), generator=AlmostParallel(0)))
    for i in range(5):
        for j in range(i):
            assert math.fsum(x * y for x, y in zip(weight[i], weight[j], strict=True)) == pytest.approx(0, abs=1e-15)


def test_orthogonal_matrices_favor_no_direction():
    # A column of a random rotation of the plane points at an angle that is uniform, and half of them are reflections.
    rng = random.Random(0)
    angles, determinants = [], []
    for _ in range(2000):
        (a, b), (c, d) = as_numbers(init.orthogonal_(matrix(2, 2), generator=rng))
        angles.append(math.atan2(c, a))
        determinants.append(round(a * d - b * c))
    assert distance(angles, uniform(-math.pi, math.pi)) < 1.95 / math.sqrt(2000)
    assert set(determinants) == {-1, 1}
    assert abs(sum(determinants)) < 3.3 * math.sqrt(2000)


@pytest.mark.parametrize(("sparsity", "zeros"), [(0.0, 0), (0.1, 1), (0.25, 3), (0.5, 5), (1.0, 10)])
def test_a_sparse_matrix_has_its_zeros_in_every_column(sparsity, zeros):
    weight = as_numbers(init.sparse_(matrix(10, 400), sparsity, std=3.0, generator=0))
    assert [sum(x == 0 for x in column) for column in zip(*weight, strict=True)] == [zeros] * 400
    others = [x for x in flat(weight) if x]
    if others:
        assert distance(others, normal(0.0, 3.0)) < 1.95 / math.sqrt(len(others))
    if 0 < zeros < 10:  # no row has more of them than chance would give it
        assert all(abs(sum(x == 0 for x in row) - 40 * zeros) < 80 for row in weight)


# ---------------------------------------------------------------------- repeatable, in place


@pytest.mark.parametrize("draw", RANDOM, ids=lambda draw: draw.__name__)
def test_a_seed_a_generator_and_the_global_seed_make_draws_repeatable(draw):
    def numbers(generator):
        return as_numbers(draw(matrix(3, 4), generator=generator))

    assert numbers(5) == numbers(random.Random(5)) != numbers(6)
    random.seed(5)
    assert numbers(None) == numbers(5) != numbers(None)


def test_the_values_of_a_layer_stay_the_same_objects():
    layer = nn.Linear(3, 2)
    before = layer.parameters()
    init.ones_(layer.bias)
    init.xavier_normal_(layer.weight)
    assert all(x is y for x, y in zip(before, layer.parameters(), strict=True))
    assert [value.data for value in layer.bias] == [1.0, 1.0]
    assert shape_of(layer.weight) == (2, 3)


# ---------------------------------------------------------------------- what they refuse

VECTOR = [Value(1.0), Value(2.0)]
RAGGED = [[Value(1.0)], [Value(1.0), Value(2.0)]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: init.xavier_uniform_(VECTOR), r"xavier_uniform_ needs a matrix of Values, .* got a shape of \(2,\)"),
        (lambda: init.kaiming_normal_(VECTOR), r"kaiming_normal_ needs a matrix of Values, .* got a shape of \(2,\)"),
        (lambda: init.xavier_normal_(RAGGED), r"needs a matrix of Values, .* got a shape of \(2, \[\(1,\), \(2,\)\]\)"),
        (lambda: init.orthogonal_(VECTOR), r"orthogonal_ needs a matrix of Values, .* got a shape of \(2,\)"),
        (lambda: init.eye_([[VECTOR]]), r"eye_ needs a matrix of Values, .* got a shape of \(1, 1, 2\)"),
        (lambda: init.eye_([[1.0]]), "eye_ sets the data of Values in place, such as layer.weight, got 1.0"),
        (lambda: init.uniform_([1.0]), "uniform_ sets the data of Values in place, such as layer.weight, got 1.0"),
        (lambda: init.uniform_(VECTOR, 2.0, 1.0), "uniform_ needs a to be at most b, got a=2.0 and b=1.0"),
        (lambda: init.normal_(VECTOR, std=-1.0), "normal_ needs std to be 0 or greater, got -1.0"),
        (lambda: init.trunc_normal_(VECTOR, a=2.0, b=2.0), "trunc_normal_ needs a to be below b and std above 0"),
        (lambda: init.trunc_normal_(VECTOR, a=50.0, b=51.0), r"between 50 and 51: the probability of that is 0"),
        (lambda: init.sparse_([VECTOR], 1.5), "sparse_ needs sparsity to be from 0 to 1, got 1.5"),
        (lambda: init.kaiming_uniform_([VECTOR], mode="fan"), "mode to be 'fan_in' or 'fan_out', got 'fan'"),
        (lambda: init.kaiming_uniform_([VECTOR], nonlinearity="swish"), "nonlinearity must be one of .*, got 'swish'"),
        (lambda: init.calculate_gain("leaky_relu", "steep"), "the slope of leaky_relu below 0, a number, got 'steep'"),
    ],
)
def test_what_they_refuse(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()
    assert [value.data for value in VECTOR] == [1.0, 2.0]
