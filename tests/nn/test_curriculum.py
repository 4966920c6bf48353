"""What a course on neural networks says, in numbers: each statement as it comes out here, against its closed form."""

from __future__ import annotations

import itertools
import math
import random

import pytest

import autograd
import nn
from autograd import Value
from nn import functional as F  # noqa: N812
from nn.landscapes import descend, himmelblau, quadratic_bowl
from nn.nested import as_numbers, flat

CORNERS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]


def logistic(x):
    return 1 / (1 + math.exp(-x))


def gradients(model):
    return [parameter.grad for parameter in model.parameters()]


def trained(parameters, loss, steps, **options):
    """The parameters after steps of gradient descent."""
    optimizer = nn.optim.SGD(parameters, **options)
    for _ in range(steps):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
    return [parameter.data for parameter in parameters]


# ---------------------------------------------------------------------- formulas by hand


def test_the_perceptron_rule_by_hand():
    # AND, the corners in order: w += y x and b += y at each mistake; whole numbers, so every digit counts.
    w, b, mistakes_of_pass = [0, 0], 0, []
    while not mistakes_of_pass or mistakes_of_pass[-1]:
        mistakes = 0
        for x, y in zip(CORNERS, (-1, -1, -1, 1), strict=True):
            if y * (w[0] * x[0] + w[1] * x[1] + b) <= 0:
                w, b, mistakes = [w[0] + y * x[0], w[1] + y * x[1]], b + y, mistakes + 1
        mistakes_of_pass.append(mistakes)
    model = nn.linear_model.Perceptron(shuffle=False).fit(CORNERS, [0, 0, 0, 1])
    assert (model.coef_, model.intercept_, model.errors_) == ([w], [b], mistakes_of_pass)
    assert model.predict(CORNERS) == [0, 0, 0, 1]


def test_the_delta_formulas_of_backpropagation_by_hand():
    x, y = [0.5, -1.0], 0.25
    V, c, w, b = [[0.4, -0.6], [0.2, 0.8]], [0.1, -0.3], [0.7, -0.9], 0.2
    hidden = [logistic(sum(v * s for v, s in zip(row, x, strict=True)) + z) for row, z in zip(V, c, strict=True)]
    output = logistic(w[0] * hidden[0] + w[1] * hidden[1] + b)
    delta = (output - y) * output * (1 - output)
    deltas = [weight * delta * h * (1 - h) for weight, h in zip(w, hidden, strict=True)]
    by_hand = [d * s for d in deltas for s in x] + deltas + [delta * h for h in hidden] + [delta]

    model = nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 1), nn.Sigmoid())
    model.load_state_dict({"0.weight": V, "0.bias": c, "2.weight": [w], "2.bias": [b]})
    (0.5 * nn.MSELoss()(model(x), [y])).backward()
    assert gradients(model) == pytest.approx(by_hand, rel=1e-14)


def test_the_jacobian_of_softmax_and_its_invariance_to_shifts():
    z = [0.3, -1.2, 2.0, 0.0]
    p = F.softmax(z)
    jacobian = autograd.jacobian(lambda *scores: F.softmax(list(scores)), (0, 1, 2, 3))(*z)
    for i, j in itertools.product(range(4), repeat=2):
        assert jacobian[i][j] == pytest.approx(p[i] * (1 - p[i]) if i == j else -p[i] * p[j], rel=1e-13)
    assert [sum(row) for row in jacobian] == pytest.approx([0.0] * 4, abs=1e-15)
    for shift in (-1000.0, 5.0, 1e6):
        assert F.softmax([x + shift for x in z]) == pytest.approx(p, rel=1e-9)


# ---------------------------------------------------------------------- losses


def test_cross_entropy_is_entropy_plus_divergence():
    rng = random.Random(0)
    for _ in range(20):
        p, q = (F.softmax([rng.gauss(0, 2) for _ in range(5)]) for _ in range(2))
        whole = F.distribution_cross_entropy(p, q)
        assert whole == pytest.approx(F.entropy(p) + F.kl_divergence(p, q), rel=1e-13)
        # As a loss: of scores whose softmax is q, with p as the target.
        assert nn.CrossEntropyLoss()([map(math.log, q)], [p]) == pytest.approx(whole, rel=1e-13)
    assert F.distribution_cross_entropy(p, p) == pytest.approx(F.entropy(p), rel=1e-13)
    assert F.kl_divergence(p, p) == 0.0


def test_accuracy_is_no_loss_it_jumps_where_cross_entropy_slides():
    logit = {p: math.log(p / (1 - p)) for p in (0.498, 0.499, 0.501, 0.502)}
    accuracy = [nn.metrics.accuracy([[0.0, logit[p]]], [1]) for p in logit]
    assert accuracy == [0.0, 0.0, 1.0, 1.0]
    for p, z in logit.items():
        x = Value(z)
        loss = nn.BCEWithLogitsLoss()(x, 1.0)
        loss.backward()
        assert loss.data == pytest.approx(-math.log(p), rel=1e-13)
        assert x.grad == pytest.approx(p - 1, rel=1e-13)
        jump = F.heaviside(x)
        x.grad = 0.0
        jump.backward()
        assert x.grad == 0.0


def test_cross_entropy_learns_faster_than_quadratic_cost_on_a_saturated_unit():
    # One input of 1, target 0, weight and bias 2: the unit says 0.98.
    output = logistic(4.0)
    quadratic, cross_entropy = (
        lambda unit: 0.5 * nn.MSELoss()(unit([1.0]), [0.0]),
        lambda unit: nn.BCELoss()(unit([1.0]), [0.0]),
    )
    closed_forms, slopes, outputs = [output * output * (1 - output), output], [], []
    for loss in (quadratic, cross_entropy):
        unit = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
        unit.load_state_dict({"0.weight": [[2.0]], "0.bias": [2.0]})
        loss(unit).backward()
        slopes.append(unit[0].bias[0].grad)
        trained(unit.parameters(), lambda unit=unit, loss=loss: loss(unit), steps=100, lr=0.15)
        outputs.append(unit([1.0])[0].data)
    assert slopes == pytest.approx(closed_forms, rel=1e-13)
    assert slopes[1] / slopes[0] == pytest.approx(1 / (output * (1 - output)), rel=1e-12)  # 57 times
    assert outputs[0] > 0.6 > 0.1 > outputs[1]


# ---------------------------------------------------------------------- what networks can do


def test_a_hard_sigmoid_is_the_sum_of_two_relus():
    two_relus = nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1, bias=False))
    two_relus.load_state_dict({"0.weight": [[1 / 6]] * 2, "0.bias": [0.5, -0.5], "2.weight": [[1.0, -1.0]]})
    grid = [[i / 8] for i in range(-40, 41)]
    assert flat(as_numbers(two_relus(grid))) == pytest.approx(flat(nn.Hardsigmoid()(grid)), abs=1e-15)


def test_any_piecewise_linear_curve_is_a_constant_plus_hard_sigmoids():
    xs, ys = [-2.0, -1.0, 0.5, 1.0, 3.0], [1.0, -0.5, 2.0, 2.0, -4.0]
    pieces = list(zip(itertools.pairwise(xs), itertools.pairwise(ys), strict=True))
    # Each rises from 0 to 1 between two knots, where the curve rises by the difference of their heights.
    model = nn.Sequential(nn.Linear(1, len(pieces)), nn.Hardsigmoid(), nn.Linear(len(pieces), 1))
    model.load_state_dict(
        {
            "0.weight": [[6 / (right - left)] for (left, right), _ in pieces],
            "0.bias": [-3 * (left + right) / (right - left) for (left, right), _ in pieces],
            "2.weight": [[high - low for _, (low, high) in pieces]],
            "2.bias": [ys[0]],
        }
    )
    for (left, right), (low, high) in pieces:
        for part in (0.0, 0.3, 0.5, 1.0):
            x, expected = left + part * (right - left), low + part * (high - low)
            assert model([x])[0].data == pytest.approx(expected, abs=1e-14)
    assert [model([x])[0].data for x in (-9.0, 9.0)] == pytest.approx([ys[0], ys[-1]])  # constant outside


def test_xor_is_beyond_a_linear_model_and_within_one_hidden_layer():
    targets = [0.0, 1.0, 1.0, 0.0]
    line = nn.linear_model.LinearRegression().fit(CORNERS, targets)
    assert line.predict(CORNERS) == pytest.approx([0.5] * 4)  # the best line knows nothing
    assert not nn.linear_model.Perceptron(max_iter=50).fit(CORNERS, [0, 1, 1, 0]).converged_
    # relu(a + b) - 2 relu(a + b - 1)
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
    model.load_state_dict(
        {"0.weight": [[1.0, 1.0]] * 2, "0.bias": [0.0, -1.0], "2.weight": [[1.0, -2.0]], "2.bias": [0.0]}
    )
    assert flat(as_numbers(model(CORNERS))) == targets
    random.seed(3)
    learner = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    rows = [[y] for y in targets]
    trained(learner.parameters(), lambda: nn.MSELoss()(learner(CORNERS), rows), 300, lr=0.2, momentum=0.9)
    assert flat(as_numbers(learner(CORNERS))) == pytest.approx(targets, abs=0.01)


# ---------------------------------------------------------------------- descent


@pytest.mark.parametrize(
    ("lr", "behavior"), [(0.05, "creeps"), (0.25, "arrives"), (0.4, "swings"), (0.5, "stays"), (0.6, "diverges")]
)
def test_a_learning_rate_creeps_arrives_swings_or_diverges(lr, behavior):
    # On 2 x² with slope 4 x each step multiplies x by 1 - 4 lr; the limit is lr = 2/4.
    x = Value(1.0)
    factor, path = 1 - 4 * lr, [1.0]
    for _ in range(10):
        path += trained([x], lambda: 2 * x * x, 1, lr=lr)
    assert path == pytest.approx([factor**k for k in range(11)], rel=1e-12, abs=1e-15)
    signs = [math.copysign(1, a) != math.copysign(1, b) for a, b in itertools.pairwise(path)]
    assert {
        "creeps": 0 < path[-1] < 1 and not any(signs),
        "arrives": path[1:] == [0.0] * 10,
        "swings": all(signs) and abs(path[-1]) < 1e-2,
        "stays": all(signs) and abs(path[-1]) == pytest.approx(1.0),
        "diverges": all(signs) and abs(path[-1]) > 10,
    }[behavior]


def test_momentum_needs_the_root_of_the_steps_in_a_narrow_valley():
    # Curvatures 1 and 100. The best plain descent shrinks by 99/101 a step, with the best momentum by about 9/11.
    bowl, start = quadratic_bowl(100.0), (1.0, 1.0)
    plain = descend(bowl, nn.optim.SGD, start, steps=200, lr=2 / 101)
    lr, momentum = 4 / 11**2, (9 / 11) ** 2
    heavy = descend(bowl, nn.optim.SGD, start, steps=200, lr=lr, momentum=momentum)
    assert [abs(step.x) for step in plain] == pytest.approx([(99 / 101) ** k for k in range(201)], rel=1e-9)
    for place, curvature in enumerate((1.0, 100.0)):
        expected = [1.0, 1.0 - lr * curvature]
        while len(expected) < 40:
            expected.append((1 + momentum - lr * curvature) * expected[-1] - momentum * expected[-2])
        assert [step[place] for step in heavy[:40]] == pytest.approx(expected, rel=1e-8, abs=1e-12)
    first = [next(k for k, step in enumerate(path) if step.value < 0.5) for path in (plain, heavy)]
    assert heavy[-1].value < 1e-25
    assert plain[-1].value > 1e-3
    assert first[1] < first[0] / 2


@pytest.mark.parametrize("name", ["Adagrad", "RMSprop", "Adam"])
def test_adaptive_steps_do_not_see_the_scale_of_a_coordinate(name):
    # Curvatures 1 and 100 from the same start: without eps both coordinates take the same path.
    optimizer = getattr(nn.optim, name)
    path = descend(quadratic_bowl(100.0), optimizer, (1.0, 1.0), steps=8, lr=0.1, eps=0.0)
    assert [step.x for step in path] == pytest.approx([step.y for step in path], rel=1e-9)
    plain = descend(quadratic_bowl(100.0), nn.optim.SGD, (1.0, 1.0), steps=1, lr=0.015)
    assert (plain[1].x, plain[1].y) == pytest.approx((1 - 0.015, 1 - 1.5))
    # The first step is lr (of RMSprop lr / √(1 - alpha)) whatever the slope; Adagrad's then shrink.
    first = {"Adagrad": 0.1, "RMSprop": 0.1 / math.sqrt(1 - 0.99), "Adam": 0.1}[name]
    assert path[1].x == pytest.approx(1 - first, rel=1e-9)


# RMSprop, whose steps do not get smaller than about lr, walks about near the minimum.
@pytest.mark.parametrize(
    ("name", "lr", "height"), [("Adagrad", 1.0, 1e-8), ("RMSprop", 0.05, 0.01), ("Adam", 0.2, 1e-8)]
)
def test_adaptive_optimizers_find_a_minimum_of_himmelblaus_function(name, lr, height):
    end = descend(himmelblau, getattr(nn.optim, name), steps=400, lr=lr)[-1]
    assert end.value < height
    assert min(math.dist((end.x, end.y), minimum) for minimum in himmelblau.minima) < 0.03


def test_feature_scaling_reduces_the_steps():
    # Columns of spread 1 and 10, orthogonal: curvatures 2 and 200, so the error shrinks by 99/101 a step at best.
    X = [[a, 10 * b] for a in (-1.0, 1.0) for b in (-1.0, 1.0)]
    y = [[row[0] + row[1]] for row in X]

    def steps(rows, target, lr):
        layer = nn.Linear(2, 1, bias=False)
        layer.load_state_dict({"weight": [[0.0, 0.0]]})
        count = 0
        while max(abs(w.data - t) / t for w, t in zip(layer.weight[0], target, strict=True)) > 1e-3:
            trained(layer.parameters(), lambda: nn.MSELoss()(layer(rows), y), 1, lr=lr)
            count += 1
        return count

    scaled = nn.preprocessing.StandardScaler().fit_transform(X)
    assert steps(X, (1.0, 1.0), lr=2 / 202) == math.ceil(math.log(1e-3) / math.log(99 / 101)) == 346
    assert steps(scaled, (1.0, 10.0), lr=0.5) == 1  # both curvatures are 2


# ---------------------------------------------------------------------- depth


def test_the_variance_of_pre_activations_is_that_of_the_weights_times_the_number_of_inputs():
    inputs, units = 100, 400
    layer = nn.Linear(inputs, units, bias=False)
    x = [(-1.0) ** i for i in range(inputs)]
    for std, variance in ((1.0, inputs), (1 / math.sqrt(inputs), 1.0)):
        nn.init.normal_(layer.weight, std=std, generator=0)
        z = as_numbers(layer(x))
        assert autograd.var(z, correction=0) == pytest.approx(variance, rel=4 * math.sqrt(2 / units))
        # Beyond 4 in size a sigmoid has a slope of less than 0.018; of N(0, 100) that is 69 %, of N(0, 1) nothing.
        saturated = sum(abs(number) > 4 for number in z) / units
        assert saturated == pytest.approx(math.erfc(4 / std / math.sqrt(inputs) / math.sqrt(2)), abs=0.1)


def test_gradients_vanish_through_sigmoids_by_a_quarter_at_least_for_each_layer():
    slopes = []
    for number in (-3.0, -0.5, 0.0, 1e-3, 2.0):
        x = Value(number)
        F.sigmoid(x).backward()
        slopes.append(x.grad)
    assert max(slopes) == slopes[2] == 0.25
    x = z = Value(0.3)
    product = 1.0
    for depth in range(1, 11):
        before = z.data
        z = F.sigmoid(1.0 * z)
        product *= logistic(before) * (1 - logistic(before))
        z.backward()
        assert x.grad == pytest.approx(product, rel=1e-13)
        assert x.grad <= 0.25**depth
        x.grad = 0.0
    # ReLU passes it on whole.
    y = x
    for _ in range(10):
        y = F.relu(1.0 * y)
    y.backward()
    assert x.grad == 1.0


# ---------------------------------------------------------------------- regularization


def test_l1_sets_weights_to_zero_and_l2_shrinks_them():
    # The minimum of (w - a)² / 2 + s |w| is a, moved by s towards 0 and no further; with s w² / 2 it is a / (1 + s).
    goals, strength = [2.0, 0.3, -0.1, -1.5], 0.5

    def error(weights):
        return 0.5 * nn.MSELoss(reduction="sum")(weights, goals)

    weights = [Value(1.0) for _ in goals]
    optimizer = nn.optim.SGD(weights, lr=0.2)
    scheduler = nn.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.98)
    for _ in range(600):
        optimizer.zero_grad()
        (error(weights) + strength * F.l1_penalty(weights)).backward()
        optimizer.step()
        scheduler.step()
    assert [weight.data for weight in weights] == pytest.approx([1.5, 0.0, 0.0, -1.0], abs=1e-3)
    ridge = [goal / (1 + strength) for goal in goals]
    weights = [Value(1.0) for _ in goals]
    by_penalty = trained(weights, lambda: error(weights) + strength / 2 * F.l2_penalty(weights), 200, lr=0.2)
    weights = [Value(1.0) for _ in goals]
    by_decay = trained(weights, lambda: error(weights), 200, lr=0.2, weight_decay=strength)
    assert by_penalty == pytest.approx(ridge, rel=1e-12)
    assert by_decay == pytest.approx(ridge, rel=1e-12)
