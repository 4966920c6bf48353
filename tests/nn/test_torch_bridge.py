"""nn.to_torch: the equal model in PyTorch, forward and backward; and PyTorch's numbers in our models."""

from __future__ import annotations

import random
import re

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")

from torch_helpers import tensor, torch, values

import nn
from autograd import TABLE
from nn.modules.activations import Activation
from nn.nested import flat, shape_of
from nn.registry import declared

TIGHT = {"rel": 1e-12, "abs": 1e-12}
BATCH = [[0.3, -1.2], [2.0, 0.7], [-0.4, -0.9], [1.0, 1.0]]

MODELS = {
    "Linear": lambda: nn.Linear(2, 3),
    "Linear without bias": lambda: nn.Linear(2, 3, bias=False),
    "expanded Linear": lambda: nn.Linear(2, 2, expanded=True),
    "Neuron": lambda: nn.Neuron(2),
    "linear Neuron": lambda: nn.Neuron(2, nonlin=False),
    "Layer": lambda: nn.Layer(2, 3, activation="tanh"),
    "Layer of one": lambda: nn.Layer(2, 1),
    "MLP": lambda: nn.MLP(2, [4, 4, 3]),
    "MLP with one output": lambda: nn.MLP(2, [4, 1], activation="sigmoid"),
    "MLP with a narrow waist": lambda: nn.MLP(2, [3, 1, 2], activation="softplus"),
    "Sequential": lambda: nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, 3), nn.Sigmoid()),
    "named Sequential": lambda: nn.Sequential({"first": nn.Linear(2, 5), "then": nn.Tanh()}),
    "nested Sequential": lambda: nn.Sequential(nn.Sequential(nn.Linear(2, 2), nn.Tanh()), nn.MLP(2, [3, 1])),
    "module in two places": lambda: (lambda layer: nn.Sequential(layer, nn.Tanh(), layer))(nn.Linear(2, 2)),
    "empty Sequential": lambda: nn.Sequential(nn.Linear(2, 2), nn.Sequential()),
}


def compare(model, x):
    """Outputs, gradients of the inputs and gradients of the parameters, for the sum of squared outputs."""
    theirs = nn.to_torch(model)
    model.zero_grad()
    assert all(parameter.dtype == torch.float64 for parameter in theirs.parameters())
    ours_in, theirs_in = values(x), tensor(x)
    ours_out, theirs_out = model(ours_in), theirs(theirs_in)
    assert shape_of(ours_out) == tuple(theirs_out.shape)
    assert [v.data for v in flat(ours_out)] == pytest.approx(flat(theirs_out.tolist()), **TIGHT)
    sum(v * v for v in flat(ours_out)).backward()
    (theirs_out**2).sum().backward()
    assert [v.grad for v in flat(ours_in)] == pytest.approx(flat(theirs_in.grad.tolist()), **TIGHT)
    mine = sorted(parameter.grad for parameter in model.parameters())
    other = sorted(number for parameter in theirs.parameters() for number in flat(parameter.grad.tolist()))
    assert mine == pytest.approx(other, **TIGHT)


@pytest.mark.parametrize("x", [BATCH, BATCH[0]], ids=["batch", "vector"])
@pytest.mark.parametrize("name", MODELS)
def test_outputs_and_gradients_are_the_same(name, x):
    random.seed(1)
    compare(MODELS[name](), x)


ACTIVATIONS = [
    *(kind() for name, kind in declared(Activation).items() if name != "Threshold" and hasattr(torch.nn, name)),
    nn.ELU(alpha=0.7),
    nn.GELU(),
    nn.GELU(approximate="tanh"),
    nn.Hardsigmoid(),
    nn.Hardtanh(),
    nn.Hardtanh(min_val=-0.5, max_val=0.2),
    nn.Identity(),
    nn.LeakyReLU(),
    nn.LeakyReLU(negative_slope=0.3),
    nn.LogSigmoid(),
    nn.LogSoftmax(),
    nn.PReLU(),
    nn.PReLU(4, init=0.1),
    nn.ReLU(),
    nn.ReLU6(),
    nn.SiLU(),
    nn.Sigmoid(),
    nn.Softmax(),
    nn.Softmax(dim=0),
    nn.Softplus(),
    nn.Softplus(beta=2.0, threshold=1.0),
    nn.Step(),
    nn.Tanh(),
    nn.Threshold(0.1, 5.0),
    nn.Dropout(0.5).eval(),
]


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_activation_modules_are_the_same_with_their_options(activation):
    random.seed(2)
    before = nn.Linear(2, 4)
    compare(nn.Sequential(before, activation), BATCH)
    before.load_state_dict({"weight": [[9.0, 0.0]] * 4, "bias": [-3.0, 0.0, 3.0, 6.0]})  # the corners and far out
    compare(nn.Sequential(before, activation), [[-3.0, 0.0], [3.0, 0.0]])


def test_no_activation_module_is_forgotten():
    assert set(declared(Activation)) <= {type(activation).__name__ for activation in ACTIVATIONS}


def test_step_at_zero():
    compare(nn.Step(values=0.25), [-1.0, 0.0, 2.0])


def test_maxout_shares_gradients_at_ties_too():
    random.seed(4)
    model = nn.Maxout(2, 3, num_pieces=3)
    compare(model, BATCH)
    model.pieces[1].load_state_dict(model.pieces[0].state_dict())
    compare(model, BATCH)


@pytest.mark.parametrize("name", [op.name for op in TABLE.values() if op.arity == 1 and not op.vectors])
def test_every_activation_of_a_neuron_is_the_same_or_refused(name):
    neuron = nn.Neuron(1, activation=name)
    neuron.load_state_dict({"w": [0.5], "b": 0.25})
    if not hasattr(torch, name) and not hasattr(torch.nn.functional, name):
        with pytest.raises(TypeError, match=f"cannot convert neurons with the activation '{name}'"):
            nn.to_torch(neuron)
    else:
        low, high = TABLE[name].domain[0]
        compare(neuron, [[0.4 * low + 0.6 * high]])


@pytest.mark.parametrize("x", [19.0, 21.0, 39.0, 41.0, 800.0, -800.0])
def test_a_softplus_neuron_has_no_threshold_that_shows(x):
    neuron = nn.Neuron(1, activation="softplus")
    neuron.load_state_dict({"w": [1.0], "b": 0.0})
    compare(neuron, [[x]])


# ---------------------------------------------------------------------- what else is kept


def test_names_of_parameters_are_those_of_the_state_dict():
    model = nn.Sequential({"in": nn.Linear(2, 3), "act": nn.ReLU(), "more": nn.Sequential(nn.Linear(3, 1))})
    assert {k: v.tolist() for k, v in nn.to_torch(model).state_dict().items()} == model.state_dict()


def test_modes_are_kept_module_by_module():
    model = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.ReLU()), nn.MLP(2, [2, 1]))
    model.eval()
    assert not any(module.training for module in nn.to_torch(model).modules())
    model.train()
    assert all(module.training for module in nn.to_torch(model).modules())
    model[1].eval()
    theirs = nn.to_torch(model)
    assert [theirs.training, theirs[0].training, theirs[1].training, theirs[1][0].training] == [
        True,
        True,
        False,
        False,
    ]


def test_a_module_in_two_places_is_one_module_there_too():
    theirs = nn.to_torch(MODELS["module in two places"]())
    assert theirs[0] is theirs[2]


def test_frozen_parameters_stay_frozen():
    model = nn.Sequential(nn.Linear(2, 2).requires_grad_(False), nn.Linear(2, 1))
    flags = {name: parameter.requires_grad for name, parameter in nn.to_torch(model).named_parameters()}
    assert flags == {"0.weight": False, "0.bias": False, "1.weight": True, "1.bias": True}


def test_the_numbers_are_copies_and_no_random_numbers_are_drawn():
    model = nn.Linear(2, 1)
    before, drawn = model.state_dict(), torch.random.get_rng_state()
    theirs = nn.to_torch(model)
    assert torch.equal(torch.random.get_rng_state(), drawn)
    with torch.no_grad():
        theirs.weight.zero_()
    assert model.state_dict() == before


def test_dropout_keeps_its_probability():
    theirs = nn.to_torch(nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.25)))
    assert isinstance(theirs[1], torch.nn.Dropout)
    assert theirs[1].p == 0.25


# ---------------------------------------------------------------------- what is refused


class Own(nn.Module):
    def forward(self, x):
        return x


class OwnLinear(nn.Linear):
    """A subclass may do anything, so its name is not enough."""


def shared_weights():
    first, second = nn.Linear(2, 2), nn.Linear(2, 2)
    second.weight = first.weight
    return nn.Sequential(first, second)


def frozen_in_part():
    layer = nn.Linear(2, 1)
    layer.weight[0][0].requires_grad = False
    return layer


def of_two_activations():
    layer = nn.Layer(2, 2)
    layer.neurons[1].activation = "tanh"
    return layer


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (Own, TypeError, "to_torch does not know Own, so it cannot convert the model"),
        (lambda: nn.Sequential(nn.Linear(2, 2), Own()), TypeError, "to_torch does not know Own"),
        (lambda: OwnLinear(2, 2), TypeError, "to_torch does not know OwnLinear"),
        (lambda: [1.0], TypeError, "to_torch takes a module, got list"),
        (
            shared_weights,
            ValueError,
            "modules of Sequential share parameters: it has 8, the PyTorch model would have 12",
        ),
        (frozen_in_part, ValueError, "frozen in part"),
        (of_two_activations, TypeError, "neurons have different activations"),
    ],
)
def test_what_cannot_be_converted_is_refused(make, error, message):
    with pytest.raises(error, match=re.escape(message)):
        nn.to_torch(make())


def test_without_pytorch_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "stepgrad\[torch\]"'):
        nn.to_torch(nn.Linear(1, 1))


# ---------------------------------------------------------------------- the way back


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_numbers_of_a_torch_model_load_into_ours(dtype):
    theirs = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 3)).to(dtype)
    ours = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 3))
    ours.load_state_dict(theirs.state_dict())
    expected = theirs.double()(tensor(BATCH)).tolist()
    assert [v.data for v in flat(ours(BATCH))] == pytest.approx(flat(expected), **TIGHT)


def test_there_and_back_gives_the_same_numbers():
    model, other = MODELS["Sequential"](), MODELS["Sequential"]()
    other.load_state_dict(nn.to_torch(model).state_dict())
    assert other.state_dict() == model.state_dict()


# ---------------------------------------------------------------------- whole runs of fit

RUNS = [
    ("SGD", {"lr": 0.5, "momentum": 0.9}, ("StepLR", {"step_size": 5, "gamma": 0.5}), {"clip_grad_norm": 0.1}),
    ("Adam", {"lr": 0.05}, ("ExponentialLR", {"gamma": 0.9}), {"clip_grad_value": 0.01}),
    ("SGD", {"lr": 2.0}, ("ReduceLROnPlateau", {"factor": 0.5, "patience": 1}), {}),
    ("Adam", {"lr": 0.1}, ("CosineAnnealingLR", {"T_max": 25}), {"clip_grad_norm": 0.05}),
]


def torch_loop(model, data, validation, optimizer, scheduler, clip):
    """25 epochs of 4 batches in PyTorch, written out: the columns that fit records."""
    criterion = torch.nn.CrossEntropyLoss()
    columns = {"loss": [], "val_loss": [], "lr": []}
    for _ in range(25):
        losses = []
        for start in range(0, len(data[0]), 8):
            inputs, targets = (part[start : start + 8] for part in data)
            loss = criterion(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            if "clip_grad_norm" in clip:
                torch.nn.utils.clip_grad_norm_(model.parameters(), clip["clip_grad_norm"])
            if "clip_grad_value" in clip:
                torch.nn.utils.clip_grad_value_(model.parameters(), clip["clip_grad_value"])
            optimizer.step()
            losses.append(loss.item() * len(targets))
        with torch.no_grad():
            columns["val_loss"].append(criterion(model(validation[0]), validation[1]).item())
        columns["loss"].append(sum(losses) / len(data[0]))
        columns["lr"].append(optimizer.param_groups[0]["lr"])
        plateau = isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau)
        scheduler.step(*columns["val_loss"][-1:] if plateau else ())
    return columns


@pytest.mark.parametrize(("optimizer", "options", "scheduler", "clip"), RUNS, ids=str)
def test_a_hundred_steps_of_fit_stay_within_1e_9_of_a_loop_in_pytorch(optimizer, options, scheduler, clip):
    random.seed(0)
    X, y = nn.data.make_moons(42, noise=0.2, random_state=0)
    ours = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 2))
    theirs = nn.to_torch(ours)
    name, scheduler_options = scheduler
    mine = getattr(nn.optim, optimizer)(ours.parameters(), **options)
    history = nn.fit(
        ours,
        (X[:30], y[:30]),
        nn.CrossEntropyLoss(),
        mine,
        25,
        validation=(X[30:], y[30:]),
        batch_size=8,
        shuffle=False,
        scheduler=getattr(nn.optim.lr_scheduler, name)(mine, **scheduler_options),
        progress=False,
        **clip,
    )
    inputs, targets = tensor(X, False), torch.tensor(y)
    other = getattr(torch.optim, optimizer)(theirs.parameters(), **options)
    expected = torch_loop(
        theirs,
        (inputs[:30], targets[:30]),
        (inputs[30:], targets[30:]),
        other,
        getattr(torch.optim.lr_scheduler, name)(other, **scheduler_options),
        clip,
    )
    for column, numbers in expected.items():
        assert history[column] == pytest.approx(numbers, rel=1e-9, abs=1e-9)
    assert flat(list(ours.state_dict().values())) == pytest.approx(
        [number for weights in theirs.state_dict().values() for number in flat(weights.tolist())], rel=1e-9, abs=1e-9
    )
    assert history.lr[-1] < history.lr[0]


# ---------------------------------------------------------------------- and back


@pytest.mark.parametrize("name", MODELS)
def test_a_model_takes_the_state_of_its_equal_in_pytorch(name):
    model, other = MODELS[name](), MODELS[name]()
    assert other.load_state_dict(nn.to_torch(model).state_dict()) == ([], [])
    assert other.state_dict() == model.state_dict()


def test_an_mlp_takes_the_state_of_linear_layers_in_a_row():
    theirs = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1)).double()
    model = nn.MLP(2, [3, 1])
    assert model.load_state_dict(theirs.state_dict()) == ([], [])
    assert [out.data for out in model(BATCH)] == pytest.approx(theirs(tensor(BATCH, False)).flatten().tolist(), **TIGHT)
    layer = nn.Layer(2, 3)
    layer.load_state_dict(theirs[0].state_dict())
    assert [neuron.b.data for neuron in layer.neurons] == theirs[0].bias.tolist()


def test_a_state_of_pytorch_that_does_not_fit_is_told_in_its_names():
    model = nn.MLP(2, [3, 1])
    before = model.state_dict()
    with pytest.raises(ValueError, match=re.escape("0.0.weight has shape (4, 2) there and (3, 2) here")):
        model.load_state_dict(nn.to_torch(nn.MLP(2, [4, 1])).state_dict())
    state = dict(nn.to_torch(model).state_dict())
    del state["1.0.bias"]
    with pytest.raises(ValueError, match=re.escape("it lacks 1.0.bias")):
        model.load_state_dict(state)
    assert model.load_state_dict(state, strict=False) == (["1.0.bias"], [])
    assert model.state_dict() == before
