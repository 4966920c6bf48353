"""Module: parameters, names, modes, saving and loading, how it prints."""

from __future__ import annotations

import copy
import math
import pickle
import random
import re

import pytest

import nn
from autograd import Value
from nn.nested import as_numbers, flat, shape_of


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


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        ([1.0], TypeError, r"takes numbers by name, as state_dict\(\) gives them, got list"),
        ({"weight": [["a"]], "bias": [None]}, ValueError, "weight has something that is not a number .*bias has some"),
    ],
)
def test_a_state_that_is_none_is_refused(state, error, message):
    layer = nn.Linear(1, 1)
    before = layer.state_dict()
    with pytest.raises(error, match=message):
        layer.load_state_dict(state)
    assert layer.state_dict() == before


def test_sizes_may_be_whole_numbers_of_numpy():
    np = pytest.importorskip("numpy")
    layer = nn.Linear(np.int64(2), np.array([0, 1, 2]).max() + 1)
    assert (layer.in_features, layer.out_features, len(layer.weight)) == (2, 3, 3)
    assert type(layer.out_features) is int


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
        (lambda: nn.Sequential(nn.Linear(1, 1), 3), "Sequential takes modules, got 3 in place 1; wrap it in a Module"),
        (lambda: nn.Sequential([nn.Tanh()]), r"got \[Tanh\(\)\] in place 0; put a \* before it"),
        (lambda: nn.Sequential(nn.Tanh(), nn.ReLU), r"got <class .*> in place 1; that is the class: write ReLU\(...\)"),
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


# ---------------------------------------------------------------------- modules that hold modules


def numbered(count, container=nn.Sequential):
    parts = [nn.Linear(1, 1) for _ in range(count)]
    return (container(*parts) if container is nn.Sequential else container(parts)), parts


@pytest.mark.parametrize("container", [nn.Sequential, nn.ModuleList])
@pytest.mark.parametrize(
    "change",
    [
        lambda held, new: held.append(new),
        lambda held, new: held.extend([new]),
        lambda held, new: held.insert(0, new),
        lambda held, new: held.insert(-1, new),
        lambda held, new: held.insert(9, new),
        lambda held, new: held.pop(),
        lambda held, new: held.pop(0),
        lambda held, new: held.__delitem__(1),
        lambda held, new: held.__delitem__(-1),
        lambda held, new: held.__delitem__(slice(0, 2)),
        lambda held, new: held.__delitem__(slice(None, None, 2)),
        lambda held, new: held.__setitem__(-3, new),
    ],
)
def test_a_container_changes_as_a_list_does_and_stays_numbered(container, change):
    held, parts = numbered(3, container)
    new = nn.Linear(1, 1)
    change(held, new)
    change(parts, new)
    assert list(held) == parts
    assert [name for name, _ in held.named_children()] == [str(index) for index in range(len(parts))]
    assert len(held.parameters()) == 2 * len(parts)


@pytest.mark.parametrize("index", [slice(None, 2), slice(1, None), slice(None, None, 2), slice(-1, None), slice(3, 3)])
def test_slices_have_the_names_that_pytorch_gives_them(index):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    for container, theirs in ((nn.Sequential, torch.nn.Sequential), (nn.ModuleList, torch.nn.ModuleList)):
        held, parts = numbered(3, container)
        other = [torch.nn.Linear(1, 1) for _ in range(3)]
        sliced = (theirs(*other) if theirs is torch.nn.Sequential else theirs(other))[index]
        part = held[index]
        assert type(part) is container
        assert list(part) == parts[index]
        assert list(part.state_dict()) == list(sliced.state_dict())
        assert list(held) == parts


def test_a_slice_shares_its_parameters_and_takes_more_modules():
    model, parts = numbered(3)
    part = model[1:]
    part.append(nn.Tanh())
    assert list(part)[:2] == parts[1:]
    assert len(part) == 3
    part[0].bias[0].data = 5.0
    assert model[1].bias[0].data == 5.0
    assert len(model) == 3


def test_names_of_ones_own_survive():
    model = nn.Sequential({"hidden": nn.Linear(1, 1), "squash": nn.Tanh(), "out": nn.Linear(1, 1)})
    assert list(model[1:].state_dict()) == ["out.weight", "out.bias"]
    del model[1]
    assert [name for name, _ in model.named_children()] == ["hidden", "out"]
    with pytest.raises(ValueError, match="insert numbers the modules anew, but they have the names hidden, out"):
        model.insert(0, nn.Tanh())


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: numbered(2)[0][2], IndexError, "this Sequential has 2 modules, got index 2"),
        (lambda: numbered(2, nn.ModuleList)[0].pop(-3), IndexError, "this ModuleList has 2 modules, got index -3"),
        (lambda: numbered(2)[0].append(3), TypeError, "Sequential takes modules, got 3 in place 2; wrap it"),
        (lambda: numbered(2)[0].insert(0, math.tanh), TypeError, "Sequential takes modules, got <.* in place 0"),
        (lambda: nn.ModuleList([nn.Tanh(), 1.0]), TypeError, "ModuleList takes modules, got 1.0 in place 1"),
        (lambda: nn.ModuleDict({"f": math.tanh}), TypeError, "ModuleDict takes modules by name, got <.* under 'f'"),
        (lambda: nn.ModuleDict({1: nn.Tanh()}), TypeError, r"ModuleDict takes modules by name, got Tanh\(\) under 1"),
        (lambda: nn.Module().add_module(1, nn.Tanh()), TypeError, "add_module takes a name and a module, got 1"),
        (lambda: nn.Module().add_module("f", 2), TypeError, "add_module takes a name and a module, got 'f' and 2"),
        (lambda: nn.ModuleList([nn.Tanh()])([1.0]), NotImplementedError, "ModuleList has no forward method"),
        (lambda: nn.Parameter(["a"]), TypeError, "'a'"),
    ],
)
def test_what_containers_refuse(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_refused_module_changes_nothing():
    model, parts = numbered(2)
    for change in (lambda: model.insert(1, 3), lambda: model.__setitem__(0, 3), lambda: model.append(3)):
        with pytest.raises(TypeError):
            change()
        assert list(model) == parts


def test_a_dictionary_of_modules_has_pytorchs_names():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")

    def net(package):
        class Net(package.nn.Module):
            def __init__(self):
                super().__init__()
                self.branches = package.nn.ModuleDict({"wide": package.nn.Linear(1, 2)})
                self.branches["narrow"] = package.nn.Linear(2, 1, bias=False)
                self.steps = package.nn.ModuleList([package.nn.Linear(1, 1), package.nn.PReLU()])
                self.add_module("last", package.nn.Linear(1, 1))

        return Net()

    class Ours:
        nn = nn

    model, theirs = net(Ours), net(torch)
    theirs.double().load_state_dict({k: torch.tensor(v, dtype=torch.float64) for k, v in model.state_dict().items()})
    assert list(model.state_dict()) == list(theirs.state_dict())
    assert repr(model) == repr(theirs)
    branches = model.branches
    assert list(branches) == list(branches.keys()) == ["wide", "narrow"]
    assert list(branches.items()) == list(zip(branches.keys(), branches.values(), strict=True))
    assert "wide" in branches
    assert branches.pop("narrow") not in list(model.modules())
    del branches["wide"]
    assert len(branches) == 0
    copied = copy.deepcopy(model)
    assert copied.state_dict() == model.state_dict()
    assert not any(module.training for module in model.eval().modules())


def test_a_dictionary_of_modules_takes_names_that_methods_have():
    parts = nn.ModuleDict({"train": nn.Tanh(), "items": nn.PReLU()})
    assert parts["train"]([0.0]) == [0.0]
    assert list(parts.eval().state_dict()) == ["items.weight"]
    assert not parts["train"].training


# ---------------------------------------------------------------------- parameters


class Bare(nn.Module):
    """Parameters in all places, with a constructor of its own that does not call that of Module."""

    def __init__(self):
        self.scale = nn.Parameter(2.0)
        self.table = {"a": nn.Parameter([1.0, 2.0]), "b": [nn.Parameter([[3.0]])]}
        self.tied = self.table["a"]

    def forward(self, x):
        return self.scale * x * self.tied[0]


def test_parameters_are_found_without_the_constructor_of_module_and_once_where_they_are_shared():
    model = Bare()
    assert [name for name, _ in model.named_parameters()] == ["scale", "table.a.0", "table.a.1", "table.b.0.0.0"]
    assert set(model.state_dict()) == {"scale", "table.a", "table.b", "tied"}
    assert model.training
    model(3.0).backward()
    assert (model.scale.grad, model.tied[0].grad) == (3.0, 6.0)
    other = Bare()
    model.tied[1].data = 7.0
    other.load_state_dict(model.state_dict())
    assert other.table["a"][1].data == 7.0


def test_half_frozen_models_train_the_other_half():
    model = Bare()
    model.tied[0].requires_grad = False
    optimizer = nn.optim.SGD(model.parameters(), lr=1.0)
    model(3.0).backward()
    optimizer.step()
    assert (model.scale.data, model.tied[0].data) == (-1.0, 1.0)
    assert all(parameter.requires_grad for parameter in model.requires_grad_().parameters())


@pytest.mark.parametrize("set_to_none", [True, False])
def test_zero_grad_takes_pytorchs_argument(set_to_none):
    model = Bare()
    model(3.0).backward()
    model.zero_grad(set_to_none=set_to_none)
    assert [parameter.grad for parameter in model.parameters()] == [0.0] * 4


@pytest.mark.parametrize("form", ["number", "list", "matrix", "array", "tensor", "Values"])
def test_parameters_are_new_leaves_of_the_shape_of_the_data(form):
    if form == "array":
        data = pytest.importorskip("numpy").arange(3.0)
    elif form == "tensor":
        data = pytest.importorskip("torch").ones(2, 2)
    else:
        data = {"number": 1, "list": [1.0, 2], "matrix": [[1.0], [2.0]], "Values": [Value(1.0), Value(2.0) * 3]}[form]
    parameter = nn.Parameter(data, requires_grad=False)
    assert shape_of(parameter) == shape_of(data)
    assert flat(as_numbers(parameter)) == [float(x) for x in flat(data)]
    assert all(value.is_leaf and not value.requires_grad for value in flat(parameter))
    assert not set(map(id, flat(parameter))) & set(map(id, flat(data)))


def test_arrays_of_values_hold_parameters():
    np = pytest.importorskip("numpy")

    class Net(nn.Module):
        def __init__(self):
            self.weight = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]], dtype=object)
            self.parts = {"more": np.array([Value(5.0)], dtype=object)}
            self.numbers = np.ones(3)

        def forward(self, x):
            return self.weight @ x

    model = Net()
    names = [name for name, _ in model.named_parameters()]
    assert names == ["weight.0.0", "weight.0.1", "weight.1.0", "weight.1.1", "parts.more.0"]
    assert model.parameters()[3] is model.weight[1, 1]
    assert model.state_dict()["weight"] == [[1.0, 2.0], [3.0, 4.0]]
    model.load_state_dict(model.state_dict() | {"weight": [[0.0, 1.0], [1.0, 0.0]]})
    assert [value.data for value in model(np.array([7.0, 8.0]))] == [8.0, 7.0]


@pytest.mark.parametrize("mode", ["yes", 1, ([[0.0]], [0])])
def test_the_mode_is_true_or_false(mode):
    model = nn.Linear(1, 1)
    with pytest.raises(ValueError, match=r"train takes True or False, the mode, got .*; to train a model call nn.fit"):
        model.train(mode)
    assert model.training is True


# ---------------------------------------------------------------------- options of the walks, as in PyTorch


def shared(module):
    """A module that holds one activation three times and one layer twice."""
    activation, layer = module.ReLU(), module.Linear(2, 1)
    return module.Sequential(activation, layer, module.Sequential(layer, activation), activation), activation, layer


def names_of_parameters(module, **options):
    names = [name for name, _ in module.named_parameters(**options)]
    return list(dict.fromkeys(re.sub(r"(weight|bias)[0-9.]*$", r"\1", name) for name in names))


@pytest.mark.parametrize("remove_duplicate", [True, False])
@pytest.mark.parametrize("prefix", ["", "model"])
def test_names_with_a_prefix_and_of_what_is_shared_are_pytorchs(prefix, remove_duplicate):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    (ours, activation, layer), (theirs, other_activation, other_layer) = shared(nn), shared(torch.nn)
    options = {"prefix": prefix, "remove_duplicate": remove_duplicate}
    for memo, other in ((None, None), (set(), set()), ({activation}, {other_activation}), ({ours}, {theirs})):
        mine = [name for name, _ in ours.named_modules(memo, **options)]
        assert mine == [name for name, _ in theirs.named_modules(other, **options)]
    found, expected = set(), set()
    list(ours.named_modules(found)), list(theirs.named_modules(expected))
    assert len(found) == len(expected)
    modules = list(ours.modules(remove_duplicate)), list(theirs.modules(remove_duplicate))
    assert [type(m).__name__ for m in modules[0]] == [type(m).__name__ for m in modules[1]]
    for recurse in (True, False):
        assert names_of_parameters(ours, recurse=recurse, **options) == names_of_parameters(
            theirs, recurse=recurse, **options
        )
        assert names_of_parameters(layer, recurse=recurse, prefix=prefix) == names_of_parameters(
            other_layer, recurse=recurse, prefix=prefix
        )
    assert (ours.parameters(False), len(layer.parameters(recurse=False))) == ([], 3)
    assert list(ours.state_dict(prefix="a.")) == list(theirs.state_dict(prefix="a."))


def test_what_contains_itself_is_walked_once_with_duplicates_too():
    loop = nn.Module()
    loop.itself, loop.x = loop, Value(1.0)
    assert [name for name, _ in loop.named_parameters(remove_duplicate=False)] == ["x"]


def test_a_state_may_go_into_a_dictionary_and_hold_the_values_themselves():
    layer, known = nn.Linear(2, 1), {"a": 1.0}
    assert layer.state_dict(destination=known, prefix="layer.") is known
    assert list(known) == ["a", "layer.weight", "layer.bias"]
    assert layer.state_dict(keep_vars=True)["weight"][0][1] is layer.weight[0][1]


def test_containers_without_modules_are_empty():
    assert len(nn.ModuleList(None)) == len(nn.ModuleDict(None)) == 0
