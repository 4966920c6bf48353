"""`nn.diagnose` sees what is wrong with a network, and leaves no trace in it."""

from __future__ import annotations

import copy
import math
import random
from itertools import pairwise

import pytest

import nn
from autograd import Value, relu
from nn import nested
from nn.diagnostics import diagnose

X, Y = nn.data.make_moons(32, noise=0.1, random_state=0)


def deep(activation, sizes, draw, seed=0):
    """Linear layers with an activation after each but the last; weights by `draw(fan_in)`, biases 0."""
    random.seed(seed)
    modules = []
    for fan_in, fan_out in pairwise(sizes):
        layer = nn.Linear(fan_in, fan_out)
        for parameter in (weight for row in layer.weight for weight in row):
            parameter.data = draw(fan_in)
        for bias in layer.bias:
            bias.data = 0.0
        modules += [layer, activation()]
    return nn.Sequential(*modules[:-1])


def he(fan_in):
    return random.gauss(0, math.sqrt(2 / fan_in))


def standard_normal(fan_in):
    return random.gauss(0, 1)


SIZES = [2, *[8] * 8, 2]


def problems(report):
    return " | ".join(map(str, report.findings))


# ---------------------------------------------------------------------- verdicts


@pytest.mark.parametrize("seed", [0, 2, 3, 4, 5])
def test_gradients_of_a_deep_sigmoid_network_vanish(seed):
    report = diagnose(deep(nn.Sigmoid, SIZES, standard_normal, seed), (X, Y), nn.CrossEntropyLoss())
    assert report.verdict == "vanishing"
    assert report.gradient_ratio < 0.01
    assert "gradients vanish on the way to the first layer" in problems(report)


@pytest.mark.parametrize("seed", range(5))
def test_a_relu_network_with_he_initialization_has_no_findings(seed):
    report = diagnose(deep(nn.ReLU, [2, 16, 16, 16, 2], he, seed), (X, Y), nn.CrossEntropyLoss())
    assert report.verdict == "ok"
    assert report.findings == []
    assert "No problem found." in str(report)


def test_gradients_explode_where_weights_are_large():
    model = nn.Sequential(*(nn.Linear(1, 1, bias=False) for _ in range(4)))
    for parameter in model.parameters():
        parameter.data = 10.0
    # The gradient with respect to a factor of a product is the product over that factor: here 1000 times as large.
    model[0].weight[0][0].data = 0.01
    report = diagnose(model, [[1.0]])
    assert report.gradient_ratio == pytest.approx(1000.0)
    assert report.verdict == "exploding"
    assert "gradients explode" in problems(report)


def test_large_weights_saturate_tanh():
    model = deep(nn.Tanh, [2, 16, 16, 16, 2], lambda fan_in: random.gauss(0, 5))
    report = diagnose(model, (X, Y), nn.CrossEntropyLoss())
    assert "tanh units are at their limits" in problems(report)
    assert "scaled inputs, smaller initial weights, or ReLU" in problems(report)


@pytest.mark.parametrize(("activation", "limit_at"), [(nn.Tanh, math.atanh(0.96)), (nn.Sigmoid, math.log(0.98 / 0.02))])
def test_a_unit_is_saturated_within_two_percent_of_a_limit_for_ninety_percent_of_the_samples(activation, limit_at):
    layer = nn.Linear(1, 4, bias=False)
    for row, slope in zip(layer.weight, (1.01, -1.01, 0.99, 0.0), strict=True):
        row[0].data = slope * limit_at
    nine_of_ten = [[1.0]] * 9 + [[0.0]]
    assert diagnose(nn.Sequential(layer, activation()), nine_of_ten).rows[1].saturated == 2
    eight_of_ten = [[1.0]] * 8 + [[0.0]] * 2
    assert diagnose(nn.Sequential(layer, activation()), eight_of_ten).rows[1].saturated == 0


def test_equal_weights_are_named_as_units_that_stay_the_same():
    model = deep(nn.Tanh, [2, 4, 1], lambda fan_in: 0.5)
    assert "0: all 4 units put out the same for all 32 samples" in problems(diagnose(model, X))


def test_weights_of_zero_stop_the_gradient():
    model = deep(nn.Tanh, [2, 4, 2], lambda fan_in: 0.0)
    report = diagnose(model, (X, Y), nn.CrossEntropyLoss())
    assert report.rows[0].gradient_norm == 0
    assert "0: the gradient of all of its 12 parameters is exactly 0" in problems(report)


def test_a_gradient_of_zero_everywhere_is_told_from_one_that_vanishes_on_the_way():
    model = deep(nn.Tanh, [2, 4, 2], lambda fan_in: 0.0)
    assert diagnose(model, X).verdict == "no gradient"
    uneven = (X, [0] * len(X))  # now the biases of the last layer have a gradient
    assert diagnose(model, uneven, nn.CrossEntropyLoss()).verdict == "vanishing"


def test_overflow_is_named_where_it_is():
    model = deep(nn.ReLU, [2, 2, 2], lambda fan_in: 1e200)
    report = diagnose(model, [[1.0, 1.0], [2.0, 1.0]])
    assert "2: outputs are infinite or not a number" in problems(report)
    assert report.verdict == "not finite"


@pytest.mark.parametrize(
    ("activation", "std", "finding"),
    [
        (nn.Tanh, 0.05, "die out"),
        (nn.ReLU, 0.05, "die out"),
        (nn.Identity, 0.05, "die out"),
        (nn.ReLU, 2.0, "explode"),
        (nn.Identity, 2.0, "explode"),
        (nn.Tanh, 0.25, None),
        (nn.ReLU, math.sqrt(2 / 16), None),
    ],
)
def test_outputs_that_die_out_or_explode_over_the_depth_are_a_finding(activation, std, finding):
    model = deep(activation, [2, *[16] * 5, 2], lambda fan_in: random.gauss(0, std))
    found = [finding for finding in diagnose(model, (X, Y), nn.CrossEntropyLoss()).findings if "depth" in str(finding)]
    assert [finding in str(one) for one in found] == [True] * (finding is not None)
    for one in found:
        assert f"{'larger' if std < 1 else 'smaller'} initial weights" in one.remedy
        assert "nn.init.kaiming_normal_" in one.remedy and hasattr(nn.init, "kaiming_normal_")
        assert "nn.init.xavier_normal_" in one.remedy and hasattr(nn.init, "xavier_normal_")


@pytest.mark.parametrize(
    ("factors", "layer"),
    [
        ([1, 0.02, 0.4, 1], "2"),  # 0.008 of the first layer
        ([1, 0.02, 0.6, 1], None),  # 0.012
        ([1, 1, 1, 0.001], None),  # what comes out at the end may be as small as the targets
        ([1, 50, 2.5, 0.1], "2"),  # 125 times the first layer
        ([1, 50, 1.5, 1], None),
        ([1, 1, 1, 101], "3"),
        ([1000, 1, 1, 1], None),  # the first layer is measured by itself
    ],
)
def test_the_spread_of_the_outputs_may_change_by_a_factor_of_a_hundred(factors, layer):
    model = nn.Sequential(*(nn.Linear(1, 1, bias=False) for _ in factors))
    for parameter, factor in zip(model.parameters(), factors, strict=True):
        parameter.data = float(factor)
    found = [finding for finding in diagnose(model, [[1.0], [-1.0]]).findings if "over the depth" in finding.problem]
    assert [finding.layer for finding in found] == [layer] * (layer is not None)
    assert all("times that of layer 0" in finding.problem for finding in found)


@pytest.mark.parametrize(("activation", "last"), [(nn.Tanh, nn.Identity), (nn.Sigmoid, nn.Softmax)])
def test_raw_inputs_and_bounded_outputs_do_not_count_as_dying_out(activation, last):
    random.seed(0)
    model = nn.Sequential(
        nn.Linear(2, 8),
        activation(),
        nn.Linear(8, 8),
        activation(),
        nn.Linear(8, 2),
        last(dim=-1) if last is nn.Softmax else last(),
    )
    report = diagnose(model, ([[500.0 * x for x in row] for row in X], Y), nn.CrossEntropyLoss())
    assert report.rows[0].std > 100 * report.rows[1].std
    assert "over the depth" not in problems(report)


# ---------------------------------------------------------------------- numbers


class Functional(nn.Module):
    """A model that calls its activation as a function."""

    def __init__(self, hidden, last):
        self.hidden, self.last = hidden, last

    def forward(self, x):
        return self.last(nn.functional.relu(self.hidden(x)))


class OneByOne(nn.Module):
    """A model that takes its samples one at a time."""

    def __init__(self, model):
        self.model = model

    def forward(self, x):
        return [self.model(sample) for sample in x]


def planted(dead, units=6):
    """Linear layers 2-6-1 whose hidden units are all alive but for `dead` of them."""
    random.seed(1)
    hidden, last = nn.Linear(2, units), nn.Linear(units, 1)
    for index, bias in enumerate(hidden.bias):
        bias.data = -50.0 if index < dead else 50.0
    return hidden, last


@pytest.mark.parametrize("dead", [0, 1, 3, 6])
@pytest.mark.parametrize(
    "build",
    [
        lambda hidden, last: nn.Sequential(hidden, nn.ReLU(), last),
        Functional,
        lambda hidden, last: OneByOne(nn.Sequential(hidden, nn.ReLU(), last)),
        lambda hidden, last: nn.Sequential(nn.Sequential(hidden, nn.ReLU()), last),
    ],
    ids=["Sequential", "functional", "one by one", "nested"],
)
def test_dead_units_are_counted(dead, build):
    report = diagnose(build(*planted(dead)), X)
    assert [(row.dead, row.units) for row in report.rows if row.dead is not None] == [(dead, 6)]
    assert (f"{dead} of 6 ReLU units are 0 for all 32 samples" in problems(report)) == (dead >= 3)


@pytest.mark.parametrize("expanded", [False, True])
@pytest.mark.parametrize("dead", [0, 2, 4])
def test_dead_neurons_of_an_mlp_are_counted_by_layer(dead, expanded):
    random.seed(0)
    model = nn.MLP(2, [4, 4, 1], expanded=expanded)
    for neuron in model.layers[1].neurons[:dead]:
        neuron.w, neuron.b = [Value(-1.0) for _ in range(4)], Value(-1.0)
    for neuron in model.layers[1].neurons[dead:]:
        neuron.w, neuron.b = [Value(1.0) for _ in range(4)], Value(1.0)
    report = diagnose(model, X)
    assert [row.name for row in report.rows] == ["layers.0", "layers.1", "layers.2"]
    assert [row.units for row in report.rows] == [4, 4, 1]
    assert report.rows[1].dead == dead
    assert report.rows[2].dead is None


def test_norms_are_those_of_a_backward_pass_by_hand():
    random.seed(3)
    model = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 2))
    report = diagnose(model, (X, Y), nn.CrossEntropyLoss())
    loss = nn.CrossEntropyLoss()(model(X), Y)
    loss.backward()
    assert report.loss == loss.data
    first, activation, last = report.rows
    for row, layer in ((first, model[0]), (last, model[2])):
        gradients = [parameter.grad for parameter in layer.parameters()]
        weights = [parameter.data for parameter in layer.parameters()]
        assert row.parameters == len(weights)
        assert row.gradient_norm == pytest.approx(math.sqrt(sum(g * g for g in gradients)), rel=1e-12)
        assert row.mean_abs_gradient == pytest.approx(sum(abs(g) for g in gradients) / len(gradients), rel=1e-12)
        assert row.weight_norm == pytest.approx(math.sqrt(sum(w * w for w in weights)), rel=1e-12)
        assert row.ratio == pytest.approx(row.gradient_norm / row.weight_norm)
    assert report.gradient_ratio == pytest.approx(first.gradient_norm / last.gradient_norm)
    assert (activation.gradient_norm, activation.parameters) == (None, 0)


def test_means_and_deviations_are_those_of_the_outputs():
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    random.seed(3)
    model = nn.Sequential(nn.Linear(2, 5), nn.Tanh())
    hidden = numpy.array(nested.as_numbers(model[0](X)))
    linear, activation = diagnose(model, X).rows
    assert (linear.mean, linear.std) == pytest.approx((hidden.mean(), hidden.std()))
    assert (activation.mean, activation.std) == pytest.approx((numpy.tanh(hidden).mean(), numpy.tanh(hidden).std()))
    assert activation.values["preactivations"] == pytest.approx(hidden.ravel().tolist())


def test_without_a_criterion_the_loss_is_the_mean_square_of_the_outputs():
    layer = nn.Linear(1, 1)
    layer.load_state_dict({"weight": [[2.0]], "bias": [0.0]})
    report = diagnose(layer, [[1.0], [3.0]])
    assert report.loss == 20.0  # (2² + 6²) / 2
    assert report.rows[0].gradient_norm == pytest.approx(math.hypot(20.0, 8.0))  # d/dw = 4x²·mean, d/db = 4x·mean


class Scaled(nn.Module):
    """A model whose outputs are multiplied by a number, which may be learnt."""

    def __init__(self, inner, scale):
        self.inner, self.scale = inner, scale

    def forward(self, x):
        return [[self.scale * value for value in row] for row in self.inner(x)]


def test_a_module_that_calls_another_is_a_layer_if_it_owns_parameters():
    for scale, own in ((2.0, []), (Value(2.0), [("0", 1)])):
        model = nn.Sequential(Scaled(nn.Linear(2, 3), scale), nn.Linear(3, 1))
        rows = diagnose(model, X).rows
        assert [(row.name, row.parameters) for row in rows] == [("0.inner", 9), *own, ("1", 4)]


def test_a_module_that_returns_its_input_is_no_layer():
    random.seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Identity(), nn.Linear(3, 1), nn.Identity())
    assert [row.name for row in diagnose(model, X).rows] == ["0", "1", "3"]


# ---------------------------------------------------------------------- no traces


class Noisy(nn.Module):
    """Everything a forward pass may change: random numbers, counters, running statistics."""

    def __init__(self):
        self.inner = nn.Linear(2, 2)
        self.calls = 0
        self.running_mean = [0.0, 0.0]
        self.generator = random.Random(7)

    def forward(self, x):
        self.calls += 1
        self.running_mean[0] += 1.0
        self.last_input = x
        noise = random.random() + self.generator.random()
        return [[relu(value) * noise for value in row] for row in self.inner(x)]


def fails(outputs, targets):
    raise ZeroDivisionError


@pytest.mark.parametrize("criterion", [nn.CrossEntropyLoss(), fails])
def test_everything_is_afterwards_as_it_was(criterion):
    random.seed(5)
    model = nn.Sequential(nn.Linear(2, 2), Noisy(), nn.MLP(2, [3, 2]))
    model.eval()
    model[0].train()
    for parameter in model.parameters():
        parameter.grad = random.random()

    def state():
        modules = list(model.modules())
        return (
            model.state_dict(),
            [parameter.grad for parameter in model.parameters()],
            [module.training for module in modules],
            [sorted(vars(module)) for module in modules],
            (model[1].calls, copy.copy(model[1].running_mean), model[1].generator.getstate()),
            random.getstate(),
        )

    before, buffer = state(), model[1].running_mean
    if criterion is fails:
        with pytest.raises(ZeroDivisionError):
            diagnose(model, (X, Y), criterion)
    else:
        diagnose(model, (X, Y), criterion)
    assert state() == before
    assert model[1].running_mean is buffer


def test_inputs_that_are_values_get_no_gradient():
    x = Value(2.0)
    diagnose(nn.Linear(1, 1), [[x]])
    assert x.grad == 0.0


# ---------------------------------------------------------------------- forms of data


def test_forms_of_data_give_the_same_report():
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    random.seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))
    criterion = nn.CrossEntropyLoss()
    loader = nn.data.DataLoader(nn.data.TensorDataset(X, Y), batch_size=len(X))
    reports = [
        diagnose(model, data, criterion) for data in ((X, Y), (numpy.array(X), numpy.array(Y)), (tuple(X), Y), loader)
    ]
    assert len({str(report) for report in reports}) == 1


def test_without_a_criterion_the_targets_of_a_pair_are_left_out():
    random.seed(0)
    model = nn.Linear(2, 1)
    loader = nn.data.DataLoader(nn.data.TensorDataset(X, Y), batch_size=len(X))
    assert {str(diagnose(model, data)) for data in (X, (X, Y), loader)} == {str(diagnose(model, X))}


@pytest.mark.parametrize("data", [[0.5, -1.0], [[0.5, -1.0]], (0.5, -1.0)], ids=["vector", "batch of one", "tuple"])
def test_one_sample_is_enough_and_the_report_says_that_it_is_few(data):
    report = diagnose(nn.Sequential(planted(5)[0], nn.ReLU()), data)
    assert report.samples == 1
    assert report.rows[1].dead == 5
    assert "for the one sample (more samples say more)" in problems(report)


def test_one_neuron_layers_count_samples_not_units():
    report = diagnose(nn.Sequential(nn.MLP(2, [3, 1]), nn.Sigmoid()), (X, [float(y) for y in Y]), nn.MSELoss())
    assert [(row.name, row.units) for row in report.rows] == [("0.layers.0", 3), ("0.layers.1", 1), ("1", 1)]


def test_frozen_layers_have_no_gradient_norm():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    model[0].requires_grad_(False)
    report = diagnose(model, X)
    assert report.rows[0].gradient_norm is None
    assert report.rows[2].gradient_norm > 0
    assert math.isnan(report.gradient_ratio)


@pytest.mark.parametrize(
    ("data", "criterion", "message"),
    [
        ([[1.0, 2.0]], nn.MSELoss(), r"with a criterion, data must be a pair \(inputs, targets\) .*, got list"),
        (([[1.0, 2.0]], [[0.0]]), nn.MSELoss(reduction="none"), "the loss must be one Value .*, got list"),
    ],
)
def test_data_that_does_not_fit_is_refused(data, criterion, message):
    with pytest.raises(TypeError, match=message):
        diagnose(nn.Linear(2, 1), data, criterion)


def test_data_without_samples_is_refused():
    with pytest.raises(ValueError, match="the data has no samples; pass at least one"):
        diagnose(nn.Linear(2, 1), [])


def test_the_report_shows_itself_as_its_table_and_a_layer_without_its_values():
    random.seed(0)
    report = diagnose(nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 2)), (X, Y), nn.CrossEntropyLoss())
    assert repr(report) == str(report)
    assert len(report.rows[0].values["outputs"]) == 32 * 64
    assert len(repr(report.rows[0])) < 500
    assert "name='0', kind='Linear', activation=None, parameters=192, units=64" in repr(report.rows[0])


@pytest.mark.parametrize(("noise", "shown"), [(1e-13, "0"), (-1e-13, "0"), (2.0**-30, "9.313e-10"), (0.25, "0.25")])
def test_a_mean_that_is_rounding_noise_is_shown_as_zero(noise, shown):
    layer = nn.Linear(1, 1)
    layer.load_state_dict({"weight": [[1.0]], "bias": [noise]})
    report = diagnose(layer, [[1.0], [-1.0]])
    assert report.rows[0].mean == pytest.approx(noise, abs=1e-15)
    heading, _, row, *_ = str(report).splitlines()
    assert row[: heading.index("mean") + 4].split()[-1] == shown


def test_the_report_as_html_has_a_row_for_each_layer():
    html = diagnose(nn.Sequential(*planted(6)[:1], nn.ReLU()), X)._repr_html_()
    assert html.count("<tr>") == 3
    assert "6 of 6 ReLU units" in html


# ---------------------------------------------------------------------- one activation in several places


@pytest.mark.parametrize("data", [X, X[:1], X[0]], ids=["batch", "batch of one", "vector"])
def test_an_activation_used_twice_has_a_row_for_each_use(data):
    random.seed(0)
    activation = nn.ReLU()
    model = nn.Sequential(nn.Linear(2, 4), activation, nn.Linear(4, 4), activation, nn.Linear(4, 1))
    for bias in model[0].bias:
        bias.data = 10.0
    for bias in model[2].bias:
        bias.data = -1000.0
    report = diagnose(model, data)
    assert [(row.name, row.kind, row.dead) for row in report.rows] == [
        ("0", "Linear", None),
        ("1", "ReLU", 0),
        ("2", "Linear", None),
        ("3", "ReLU", 4),
        ("4", "Linear", None),
    ]
    assert any(finding.layer == "3" and "ReLU units are 0" in finding.problem for finding in report.findings)


def test_uses_in_a_forward_method_are_numbered_and_shared_layers_stay_one():
    class Twice(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(2, 2)
            self.relu = nn.ReLU()

        def forward(self, x):
            return self.relu(self.layer(self.relu(self.layer(x))))

    random.seed(0)
    assert [row.name for row in diagnose(Twice(), X).rows] == ["layer", "relu (use 1)", "relu (use 2)"]


def test_what_is_no_model_is_refused():
    with pytest.raises(TypeError, match=r"diagnose takes a model, an nn\.Module, got 'm'"):
        diagnose("m", X)
