"""One sample or a batch, in every form that data comes in: a vector gives a vector, a batch gives a batch."""

from __future__ import annotations

import math
import random

import pytest

import nn
from autograd import Value
from nn.nested import as_numbers, shape_of

ROWS = [[0.0, 1.0], [2.0, -3.0], [-1.0, 4.0]]  # whole numbers, so that arrays of integers hold them too


def numpy_array(dtype):
    return lambda rows: pytest.importorskip("numpy", reason="NumPy is not installed").array(rows, dtype=dtype)


def array_of_values(rows):
    numpy = pytest.importorskip("numpy", reason="NumPy is not installed")
    array = numpy.empty(numpy.shape(rows), dtype=object)
    for place in numpy.ndindex(*array.shape):
        element = rows
        for index in place:
            element = element[index]
        array[place] = Value(element)
    return array


def torch_tensor(dtype):
    def make(rows):
        torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
        return torch.tensor(rows, dtype=getattr(torch, dtype))

    return make


def mapped(convert):
    """A function of nested lists that converts each number, and each list with `sequence`."""

    def make(rows, sequence=list):
        return sequence(make(row, sequence) if isinstance(row, list) else convert(row) for row in rows)

    return make


FORMS = {
    "list": lambda rows: rows,
    "tuple": lambda rows: mapped(float)(rows, tuple),
    "list of Values": mapped(Value),
    "generator": lambda rows: mapped(float)(rows, lambda parts: (part for part in parts)),
    "map to Value": lambda rows: mapped(Value)(rows, iter),
    "ints": mapped(int),
    "NumPy float64": numpy_array("float64"),
    "NumPy float32": numpy_array("float32"),
    "NumPy int64": numpy_array("int64"),
    "NumPy Values": array_of_values,
    "list of NumPy rows": lambda rows: (
        [numpy_array("float64")(row) for row in rows] if isinstance(rows[0], list) else numpy_array("float64")(rows)
    ),
    "NumPy column order": lambda rows: (
        numpy_array("float64")(rows).copy(order="F") if isinstance(rows[0], list) else numpy_array("float64")(rows)
    ),
    "torch float64": torch_tensor("float64"),
    "torch float32": torch_tensor("float32"),
    "torch int64": torch_tensor("int64"),
}
EVERY_FORM = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
# Forms that can be gone through more than once.
LASTING = {name: form for name, form in FORMS.items() if name not in ("generator", "map to Value")}
EVERY_LASTING_FORM = pytest.mark.parametrize("form", LASTING.values(), ids=LASTING)

# Name: the model, and the shapes of its outputs for a vector and for a batch of three.
MODELS = {
    "Linear": (lambda: nn.Linear(2, 3), (3,), (3, 3)),
    "Linear to one": (lambda: nn.Linear(2, 1), (1,), (3, 1)),
    "expanded Linear": (lambda: nn.Linear(2, 3, expanded=True), (3,), (3, 3)),
    "Neuron": (lambda: nn.Neuron(2), (), (3,)),
    "expanded Neuron": (lambda: nn.Neuron(2, expanded=True), (), (3,)),
    "Layer": (lambda: nn.Layer(2, 4), (4,), (3, 4)),
    "Layer of one": (lambda: nn.Layer(2, 1), (), (3,)),
    "expanded Layer": (lambda: nn.Layer(2, 4, expanded=True), (4,), (3, 4)),
    "MLP": (lambda: nn.MLP(2, [3, 2]), (2,), (3, 2)),
    "MLP to one": (lambda: nn.MLP(2, [3, 1]), (), (3,)),
    "expanded MLP": (lambda: nn.MLP(2, [3, 2], expanded=True), (2,), (3, 2)),
    "MLP with a narrow waist": (lambda: nn.MLP(2, [1, 3]), (3,), (3, 3)),
    "Maxout": (lambda: nn.Maxout(2, 4), (4,), (3, 4)),
    "Sequential": (lambda: nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2)), (2,), (3, 2)),
    "activation first": (lambda: nn.Sequential(nn.Tanh(), nn.Linear(2, 3)), (3,), (3, 3)),
    "ReLU": (nn.ReLU, (2,), (3, 2)),
    "Softmax": (nn.Softmax, (2,), (3, 2)),
    "LogSoftmax": (nn.LogSoftmax, (2,), (3, 2)),
    "PReLU": (nn.PReLU, (2,), (3, 2)),
    "Dropout at rest": (lambda: nn.Dropout().eval(), (2,), (3, 2)),
}


@pytest.mark.parametrize(("make", "of_vector", "of_batch"), MODELS.values(), ids=MODELS)
@EVERY_FORM
def test_every_model_takes_every_form_of_a_vector_and_of_a_batch(make, of_vector, of_batch, form):
    random.seed(0)
    model = make()
    expected = as_numbers(model(ROWS))
    assert shape_of(expected) == of_batch
    assert as_numbers(model(form(ROWS))) == expected
    output = as_numbers(model(form(ROWS[1])))
    assert shape_of(output) == of_vector
    assert output == expected[1]


@EVERY_FORM
@pytest.mark.parametrize("name", ["Linear", "MLP", "Maxout"])
def test_a_batch_of_one_stays_a_batch(name, form):
    model = MODELS[name][0]()
    assert as_numbers(model(form(ROWS[:1]))) == [as_numbers(model(ROWS[0]))]


# ---------------------------------------------------------------------- losses

SCORES = [[2.0, 1.0, 0.0], [0.0, -1.0, 3.0]]
LOSSES = {
    "MSELoss": (nn.MSELoss, SCORES, [[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]),
    "L1Loss": (nn.L1Loss, SCORES, [[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]),
    "HuberLoss": (nn.HuberLoss, SCORES, [[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]),
    "SmoothL1Loss": (nn.SmoothL1Loss, SCORES, [[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]),
    "CrossEntropyLoss of classes": (nn.CrossEntropyLoss, SCORES, [2, 0]),
    "CrossEntropyLoss of probabilities": (nn.CrossEntropyLoss, SCORES, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
    "NLLLoss": (nn.NLLLoss, SCORES, [2, 0]),
    "MultiMarginLoss": (nn.MultiMarginLoss, SCORES, [2, 0]),
    "BCEWithLogitsLoss": (nn.BCEWithLogitsLoss, SCORES, [[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]),
    "SoftMarginLoss": (nn.SoftMarginLoss, SCORES, [[1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]]),
    "HingeEmbeddingLoss": (nn.HingeEmbeddingLoss, SCORES, [[1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]]),
    "KLDivLoss": (lambda: nn.KLDivLoss(reduction="batchmean"), SCORES, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
}


@EVERY_FORM
@pytest.mark.parametrize(("make", "inputs", "targets"), LOSSES.values(), ids=LOSSES)
def test_every_loss_takes_every_form_of_outputs(make, inputs, targets, form):
    criterion = make()
    assert float(criterion(form(inputs), targets)) == pytest.approx(float(criterion(inputs, targets)), rel=1e-12)


@EVERY_FORM
@pytest.mark.parametrize("name", [name for name, row in LOSSES.items() if isinstance(row[2][0], list)])
def test_every_loss_takes_every_form_of_targets(name, form):
    make, inputs, targets = LOSSES[name]
    criterion = make()
    assert float(criterion(inputs, form(targets))) == pytest.approx(float(criterion(inputs, targets)), rel=1e-12)


@pytest.mark.parametrize("form", ["list", "generator", "ints", "NumPy int64", "torch int64"])
@pytest.mark.parametrize("name", [name for name, row in LOSSES.items() if isinstance(row[2][0], int)])
def test_classes_come_in_every_form_of_whole_numbers(name, form):
    make, inputs, targets = LOSSES[name]
    criterion = make()
    assert float(criterion(inputs, FORMS[form](targets))) == float(criterion(inputs, targets))


# Not KLDivLoss, whose batchmean divides by the length of the batch, which a vector does not have.
@pytest.mark.parametrize("name", [name for name in LOSSES if name != "KLDivLoss"])
def test_the_loss_of_a_batch_of_one_is_that_of_its_vector(name):
    make, inputs, targets = LOSSES[name]
    criterion = make()
    assert float(criterion(inputs[:1], targets[:1])) == pytest.approx(
        float(criterion(inputs[0], targets[0])), rel=1e-12
    )


# ---------------------------------------------------------------------- what does not fit

NARROW = {
    "Linear": (lambda: nn.Linear(2, 3), r"Linear\(in_features=2, out_features=3, bias=True\)"),
    "Neuron": (lambda: nn.Neuron(2), r"ReLUNeuron\(2\)"),
    "Layer": (lambda: nn.Layer(2, 2), "Layer of"),
    "MLP": (lambda: nn.MLP(2, [2, 1]), "Layer of"),
    "expanded Linear": (lambda: nn.Linear(2, 2, expanded=True), "Linear"),
    "expanded Layer": (lambda: nn.Layer(2, 2, expanded=True), "Layer of"),
    "expanded MLP": (lambda: nn.MLP(2, [2, 1], expanded=True), "Layer of"),
    "expanded Neuron": (lambda: nn.Neuron(2, expanded=True), r"ReLUNeuron\(2\)"),
    "Maxout": (lambda: nn.Maxout(2, 4), "Linear"),
    "Sequential": (lambda: nn.Sequential(nn.ReLU(), nn.Linear(2, 3)), "Linear"),
}
WRONG = {
    "long vector": ([1.0, 2.0, 3.0], "takes vectors of length 2 .* got one of length 3"),
    "short vector": ([1.0], "takes vectors of length 2 .* got one of length 1"),
    "number": (1.0, "takes vectors of length 2 .* got one of length 1"),
    "empty batch": ([], "takes vectors of length 2 .* got one of length 0"),
    "batch of an empty vector": ([[]], "takes vectors of length 2 .* row 0 of the batch has length 0"),
    "ragged batch": ([[1.0, 2.0], [3.0]], "takes vectors of length 2 .* row 1 of the batch has length 1"),
}


@pytest.mark.parametrize("form", ["list", "tuple", "generator"])
@pytest.mark.parametrize(("x", "message"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(("make", "name"), NARROW.values(), ids=NARROW)
def test_a_wrong_length_names_the_layer_what_it_takes_and_what_it_got(make, name, x, message, form):
    x = FORMS[form](x) if isinstance(x, list) else x
    with pytest.raises(ValueError, match=f"{name}.* {message}"):
        make()(x)


@pytest.mark.parametrize("name", ["Linear", "MLP"])
def test_an_empty_array_of_rows_is_refused_as_an_empty_list_is(name):
    numpy = pytest.importorskip("numpy", reason="NumPy is not installed")
    with pytest.raises(ValueError, match="got one of length 0"):
        NARROW[name][0]()(numpy.empty((0, 2)))


@pytest.mark.parametrize("x", [None, "ab"])
@pytest.mark.parametrize(("make", "name"), NARROW.values(), ids=NARROW)
def test_what_is_no_vector_at_all_is_shown(make, name, x):
    with pytest.raises(TypeError, match=f"of length 2 or a batch of them, got {x!r}|expected a real number, got {x!r}"):
        make()(x)


def test_activations_take_what_has_no_elements():
    assert nn.ReLU()([]) == []
    assert nn.ReLU()([[], []]) == [[], []]


@EVERY_LASTING_FORM
def test_fit_takes_every_form_of_data(form):
    runs = []
    for data in ((ROWS, [1.0, 2.0, 3.0]), (form(ROWS), form([1.0, 2.0, 3.0]))):
        random.seed(0)
        model = nn.MLP(2, [2, 1], activation="tanh")
        optimizer = nn.optim.SGD(model.parameters(), lr=0.01)
        history = nn.fit(model, data, nn.MSELoss(), optimizer, 3, validation=data, seed=0, progress=False)
        runs.append(history.loss + history.val_loss + [parameter.data for parameter in model.parameters()])
    assert runs[0] == runs[1]
    assert all(map(math.isfinite, runs[0]))
