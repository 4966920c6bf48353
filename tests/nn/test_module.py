"""Module: parameters, names, modes, saving and loading, how it prints."""

from __future__ import annotations

import copy
import math
import pickle
import random

import pytest

import nn
from autograd import Value


class Net(nn.Module):
    def __init__(self):
        self.first = nn.Linear(2, 3)
        self.extra = Value(1.5, "extra")
        self.pair = [nn.Linear(3, 1), nn.Tanh()]
        self.shared = self.first
        self.note = "no parameter"

    def forward(self, x):
        return self.pair[0](self.first(x))


def test_each_parameter_once_in_the_order_of_definition():
    net = Net()
    names = [name for name, _ in net.named_parameters()]
    assert names[:2] == ["first.weight.0.0", "first.weight.0.1"]
    assert names[9:] == ["extra", "pair.0.weight.0.0", "pair.0.weight.0.1", "pair.0.weight.0.2", "pair.0.bias.0"]
    assert len(net.parameters()) == 14
    assert len({id(p) for p in net.parameters()}) == 14


def test_results_among_the_attributes_are_no_parameters():
    net = Net()
    net.last_output = net([1.0, 2.0])[0]
    assert len(net.parameters()) == 14


def test_zero_grad_and_freezing():
    net = Net()
    sum(net([1.0, 2.0])).backward()
    assert any(p.grad for p in net.parameters())
    net.zero_grad()
    assert all(p.grad == 0.0 for p in net.parameters())
    net.requires_grad_(False)
    sum(net([1.0, 2.0])).backward()
    assert all(p.grad == 0.0 for p in net.parameters())


def test_train_and_eval_reach_every_module():
    net = Net()
    assert all(module.training for module in net.modules())
    assert net.eval() is net
    assert not any(module.training for module in net.modules())
    net.train()
    assert all(module.training for module in net.modules())


def test_state_dict_round_trip():
    first, second = Net(), Net()
    state = first.state_dict()
    assert set(state) == {
        "first.weight",
        "first.bias",
        "shared.weight",
        "shared.bias",
        "extra",
        "pair.0.weight",
        "pair.0.bias",
    }
    second.load_state_dict(state)
    assert [p.data for p in second.parameters()] == [p.data for p in first.parameters()]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("bias"), "it lacks bias"),
        (lambda s: s.update(extra=1.0), "Linear has no extra"),
        (lambda s: s.update(bias=[1.0, 2.0]), r"bias has shape \(2,\) there and \(3,\) here"),
        (lambda s: s.update(weight=[[1.0], [2.0], [3.0]]), r"weight has shape \(3, 1\) there and \(3, 2\) here"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_whole(change, message):
    layer = nn.Linear(2, 3)
    before = [p.data for p in layer.parameters()]
    state = nn.Linear(2, 3).state_dict()
    change(state)
    with pytest.raises(ValueError, match=message):
        layer.load_state_dict(state)
    assert [p.data for p in layer.parameters()] == before


def test_repr_is_nested():
    assert repr(nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.ReLU()))) == (
        "Sequential(\n  (0): Linear(in_features=2, out_features=3, bias=True)\n"
        "  (1): Sequential(\n    (0): ReLU()\n  )\n)"
    )


def test_a_module_without_forward_says_what_to_define():
    with pytest.raises(NotImplementedError, match=r"Module has no forward method.*define forward\(self, x\)"):
        nn.Module()(1.0)


# ---------------------------------------------------------------------- layers


def test_linear_is_an_affine_map():
    layer = nn.Linear(3, 2)
    layer.load_state_dict({"weight": [[1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]], "bias": [0.5, -0.5]})
    assert [v.data for v in layer([1.0, 1.0, 2.0])] == [9.5, -1.0]
    x = Value(2.0)
    layer([x, 0.0, 0.0])[1].backward()
    assert x.grad == -1.0
    assert [[w.grad for w in row] for row in layer.weight] == [[0.0] * 3, [2.0, 0.0, 0.0]]
    assert [b.grad for b in layer.bias] == [0.0, 1.0]


def test_linear_starts_within_its_bound_and_fills_it():
    random.seed(1)
    layer = nn.Linear(16, 64)
    numbers = [p.data for p in layer.parameters()]
    assert max(map(abs, numbers)) <= 0.25
    variance = sum(x * x for x in numbers) / len(numbers)
    assert variance == pytest.approx(0.25**2 / 3, rel=0.15)  # of a uniform distribution


@pytest.mark.parametrize("bias", [True, False])
def test_one_node_and_expanded_graph_agree(bias):
    random.seed(0)
    lean, expanded = nn.Linear(4, 3, bias=bias), nn.Linear(4, 3, bias=bias, expanded=True)
    expanded.load_state_dict(lean.state_dict())
    x = [0.3, -1.2, 0.7, 2.0]
    for layer in (lean, expanded):
        sum(v.tanh() for v in layer(x)).backward()
    assert [v.data for v in lean(x)] == [v.data for v in expanded(x)]
    assert [p.grad for p in lean.parameters()] == [p.grad for p in expanded.parameters()]
    assert lean(x)[0].op.name == ("affine" if bias else "dot")
    assert expanded(x)[0].op.name == "add"


def test_a_batch_is_a_list_of_outputs():
    random.seed(0)
    for model in (
        nn.Linear(2, 3),
        nn.Layer(2, 3),
        nn.MLP(2, [4, 1]),
        nn.Neuron(2),
        nn.Sequential(nn.Linear(2, 2), nn.Tanh()),
    ):
        batch = [[1.0, -2.0], [0.5, 0.25]]
        outputs = model(batch)
        for row, output in zip(batch, outputs, strict=True):
            single = model(row)
            numbers = [v.data for v in single] if isinstance(single, list) else single.data
            assert ([v.data for v in output] if isinstance(output, list) else output.data) == numbers


def test_numpy_arrays_are_welcome():
    np = pytest.importorskip("numpy")
    layer = nn.Linear(2, 2)
    assert [v.data for v in layer(np.array([1.0, 2.0]))] == [v.data for v in layer([1.0, 2.0])]
    assert len(layer(np.ones((5, 2)))) == 5
    loss = nn.MSELoss()(layer(np.ones((5, 2))), np.zeros((5, 2)))
    loss.backward()
    assert all(math.isfinite(p.grad) for p in layer.parameters())


@pytest.mark.parametrize(
    ("model", "x", "message"),
    [
        (
            nn.Linear(3, 2),
            [1.0, 2.0],
            r"Linear\(in_features=3, out_features=2, bias=True\) takes vectors of length 3.*got one of length 2",
        ),
        (nn.Linear(1, 1), [[1.0], [2.0, 3.0]], "row 1 of the batch has length 2"),
        (nn.MLP(2, [3, 1]), [1.0], "takes vectors of length 2"),
    ],
)
def test_a_wrong_length_names_layer_expectation_and_finding(model, x, message):
    with pytest.raises(ValueError, match=message):
        model(x)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.Linear(0, 1), "in_features must be a whole number of at least 1, got 0"),
        (lambda: nn.Neuron(2.5), "nin must be a whole number of at least 1, got 2.5"),
        (
            lambda: nn.MLP(2, [3, 1], activation="rleu"),
            "activation must be an operation of one number, one of .*relu.*, got 'rleu'",
        ),
        (lambda: nn.Linear(True, 1), "in_features must be a whole number of at least 1, got True"),
        (lambda: nn.MLP(2, 3), r"nouts must be a list with the size of each layer, such as \[16, 1\], got 3"),
        (lambda: nn.Sequential(nn.Linear(1, 1), 3), "Sequential takes modules, got 3 in place 1"),
    ],
)
def test_bad_sizes_and_names(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_the_activation_of_an_mlp():
    random.seed(0)
    model = nn.MLP(1, [1, 1], activation="tanh")
    hidden, last = model.layers[0].neurons[0], model.layers[1].neurons[0]
    expected = last.w[0].data * math.tanh(hidden.w[0].data * 2.0 + hidden.b.data) + last.b.data
    assert model([2.0]).data == pytest.approx(expected, rel=1e-15)


def test_sequential_is_a_list_of_modules():
    first, second = nn.Linear(2, 2), nn.ReLU()
    model = nn.Sequential(first, second, second)
    assert list(model) == [first, second, second]
    assert model[0] is first
    assert model[-1] is second
    assert model.append(nn.Tanh()) is model
    assert len(model) == 4
    named = nn.Sequential({"hidden": first, "squash": second})
    assert [name for name, _ in named.named_children()] == ["hidden", "squash"]
    assert set(named.state_dict()) == {"hidden.weight", "hidden.bias"}


def test_parameters_inside_dictionaries_and_a_child_that_refers_to_its_parent():
    class Child(nn.Module):
        def __init__(self, parent):
            self.parent = parent
            self.w = Value(2.0)

    class Parent(nn.Module):
        def __init__(self):
            self.parts = {"child": Child(self)}

    model = Parent()
    assert [name for name, _ in model.named_parameters()] == ["parts.child.w"]
    assert model.state_dict() == {"parts.child.w": 2.0}
    assert not model.eval().parts["child"].training


def test_models_are_copied_and_pickled():
    model = nn.MLP(2, [3, 1])
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert other.state_dict() == model.state_dict()
        other.parameters()[0].data += 1.0
        assert other.state_dict() != model.state_dict()
