"""Five typical PyTorch scripts that run here with other imports and lists for tensors: the same losses, to 1e-9.

Each script is written once and run twice, from the same weights. What differs is in `OURS` and `THEIRS`: imports, and
what makes a tensor. What a script written for PyTorch has to change besides:

- A vector is a list, so it has no methods: ``outputs.argmax(dim=1)`` becomes ``autograd.argmax(outputs, dim=1)``, and
  ``outputs.squeeze(1)`` becomes ``[row[0] for row in outputs]``, or targets that are rows of one.
- Arithmetic of whole tensors, such as ``x + self.hidden(x)``, becomes arithmetic of elements: + joins two lists.
- A Value is one number: ``len(model.parameters())`` counts them, and ``name.endswith("bias")`` becomes
  ``"bias" in name``.
- Other random numbers: seeds are those of the `random` module.
"""

from __future__ import annotations

import copy
import csv
import random
from types import SimpleNamespace

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")

from torch_helpers import double_precision, torch

import autograd
import nn


class Order:
    """A new order of the samples for each epoch, from Python's random numbers, for both data loaders."""

    def __init__(self, length):
        self.length = length
        self.random = random.Random(0)

    def __iter__(self):
        return iter(self.random.sample(range(self.length), self.length))

    def __len__(self):
        return self.length


class Dropout(torch.nn.Module):
    """PyTorch's dropout with Python's random numbers."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        mask = [0.0 if random.random() < self.p else 1 / (1 - self.p) for _ in range(x.numel())]
        return x * torch.tensor(mask).view_as(x)


def random_split(dataset, lengths):
    parts = nn.data.random_split(range(len(dataset)), lengths, generator=0)
    return [torch.utils.data.Subset(dataset, part.indices) for part in parts]


OURS = SimpleNamespace(
    nn=nn,
    F=nn.functional,
    optim=nn.optim,
    DataLoader=nn.data.DataLoader,
    TensorDataset=nn.data.TensorDataset,
    Dropout=nn.Dropout,
    random_split=lambda dataset, lengths: nn.data.random_split(dataset, lengths, generator=0),
    no_grad=autograd.no_grad,
    tensor=lambda numbers: numbers,
    argmax=autograd.argmax,
)
THEIRS = SimpleNamespace(
    nn=torch.nn,
    F=torch.nn.functional,
    optim=torch.optim,
    DataLoader=torch.utils.data.DataLoader,
    TensorDataset=torch.utils.data.TensorDataset,
    Dropout=Dropout,
    random_split=random_split,
    no_grad=torch.no_grad,
    tensor=torch.tensor,
    argmax=torch.argmax,
)


# ---------------------------------------------------------------------- the scripts


def xor(lib, begin):
    X = lib.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = lib.tensor([[0.0], [1.0], [1.0], [0.0]])
    model = begin(lib.nn.Sequential(lib.nn.Linear(2, 4), lib.nn.Tanh(), lib.nn.Linear(4, 1), lib.nn.Sigmoid()))
    criterion = lib.nn.BCELoss()
    optimizer = lib.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    losses = []
    for _ in range(100):
        optimizer.zero_grad()
        loss = criterion(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with lib.no_grad():
        predictions = [int(output[0] > 0.5) for output in model(X)]
    assert predictions == [0, 1, 1, 0]
    return losses


def logistic_regression(lib, begin):
    rows = list(csv.DictReader(CSV.splitlines()))
    columns = ["hours", "sleep"]
    X = [[float(row[name]) for name in columns] for row in rows]
    for place in range(len(columns)):
        column = [row[place] for row in X]
        mean = sum(column) / len(column)
        deviation = (sum((x - mean) ** 2 for x in column) / len(column)) ** 0.5
        for row in X:
            row[place] = (row[place] - mean) / deviation
    X, y = lib.tensor(X), lib.tensor([[float(row["passed"])] for row in rows])

    class LogisticRegression(lib.nn.Module):
        def __init__(self, n_features):
            super().__init__()
            self.linear = lib.nn.Linear(n_features, 1)

        def forward(self, x):
            return self.linear(x)

    model = begin(LogisticRegression(2))
    criterion = lib.nn.BCEWithLogitsLoss(pos_weight=lib.tensor([2.0]))
    optimizer = lib.optim.SGD(model.parameters(), lr=1.0, weight_decay=0.01)
    losses = []
    for _ in range(50):
        loss = criterion(model(X), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    with lib.no_grad():
        probabilities = lib.F.sigmoid(model(X))
    losses += [float(row[0]) for row in probabilities]
    return losses


CSV = """hours,sleep,passed
0.5,8.0,0
1.0,6.5,0
1.5,7.0,0
2.0,9.0,1
2.5,5.0,0
3.0,7.5,1
3.5,4.0,0
4.0,8.0,1
4.5,6.0,1
5.0,7.0,1
"""


def iris(lib, begin):
    flowers = nn.data.load_iris()
    X, y = lib.tensor(flowers.data[::3]), lib.tensor(flowers.target[::3])
    train, test = lib.random_split(lib.TensorDataset(X, y), [40, 10])
    train_loader = lib.DataLoader(train, batch_size=16, sampler=Order(len(train)))
    test_loader = lib.DataLoader(test, batch_size=16)
    model = begin(lib.nn.Sequential(lib.nn.Linear(4, 6), lib.nn.ReLU(), lib.nn.Linear(6, 3)))
    criterion = lib.nn.CrossEntropyLoss(label_smoothing=0.1)
    optimizer = lib.optim.Adam(model.parameters(), lr=0.1)
    scheduler = lib.optim.lr_scheduler.StepLR(optimizer, step_size=8, gamma=0.5)
    losses = []
    for _ in range(20):
        model.train()
        running_loss = 0.0
        for inputs, targets in train_loader:
            optimizer.zero_grad()
            loss = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
            running_loss += loss.item() * len(inputs)
        scheduler.step()
        losses += [running_loss / len(train), scheduler.get_last_lr()[0]]
    model.eval()
    correct = 0
    with lib.no_grad():
        for inputs, targets in test_loader:
            predicted = lib.argmax(model(inputs), dim=1)
            correct += sum(int(a == b) for a, b in zip(predicted, targets, strict=True))
    assert correct / len(test) >= 0.8
    return [*losses, correct]


def regression_with_dropout_and_early_stopping(lib, begin):
    xs = [i / 10 - 2 for i in range(40)]
    X, y = [[x, x * x] for x in xs], [[0.5 * x**3 - x] for x in xs]
    train = lib.TensorDataset(lib.tensor(X[::2]), lib.tensor(y[::2]))
    X_valid, y_valid = lib.tensor(X[1::2]), lib.tensor(y[1::2])
    loader = lib.DataLoader(train, batch_size=8, drop_last=True)
    model = begin(
        lib.nn.Sequential(
            lib.nn.Linear(2, 8), lib.nn.GELU(), lib.Dropout(0.25), lib.nn.Linear(8, 4), lib.nn.ELU(),
            lib.nn.Linear(4, 1),
        )
    )  # fmt: skip
    criterion = lib.nn.HuberLoss()
    optimizer = lib.optim.RMSprop(model.parameters(), lr=0.05)
    scheduler = lib.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    losses = []
    best_loss, best_state, waited = float("inf"), None, 0
    for _ in range(30):
        model.train()
        for inputs, targets in loader:
            loss = criterion(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        model.eval()
        with lib.no_grad():
            val_loss = criterion(model(X_valid), y_valid).item()
        losses.append(val_loss)
        scheduler.step(val_loss)
        if val_loss < best_loss:
            best_loss, best_state, waited = val_loss, copy.deepcopy(model.state_dict()), 0
        else:
            waited += 1
            if waited >= 3:
                break
    model.load_state_dict(best_state)
    assert criterion(model(X_valid), y_valid).item() == pytest.approx(best_loss, rel=1e-12)
    assert waited == 3, "early stopping was not tried"
    return losses


def custom_module_with_parameter_groups(lib, begin):
    class Net(lib.nn.Module):
        def __init__(self, n_in, n_hidden, n_out):
            super().__init__()
            self.layers = lib.nn.ModuleList([lib.nn.Linear(n_in, n_hidden), lib.nn.Linear(n_hidden, n_hidden)])
            self.act = lib.nn.PReLU(n_hidden)
            self.out = lib.nn.Linear(n_hidden, n_out)

        def forward(self, x):
            for layer in self.layers:
                x = self.act(layer(x))
            return lib.F.log_softmax(self.out(x), dim=-1)

    X, y = nn.data.make_moons(20, noise=0.1, random_state=0)
    X, y = lib.tensor(X), lib.tensor(y)
    model = begin(Net(2, 5, 2))
    for parameter in model.layers[0].parameters():
        parameter.requires_grad = False
    decay, no_decay = [], []
    for name, parameter in model.named_parameters():
        (no_decay if "bias" in name or "act" in name else decay).append(parameter)
    optimizer = lib.optim.AdamW(
        [{"params": decay, "weight_decay": 0.1}, {"params": no_decay, "weight_decay": 0.0, "lr": 0.1}], lr=0.02
    )
    scheduler = lib.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
    criterion = lib.nn.NLLLoss()
    losses = []
    for epoch in range(20):
        if epoch == 10:
            for parameter in model.layers[0].parameters():
                parameter.requires_grad = True
        optimizer.zero_grad()
        loss = criterion(model(X), y)
        loss.backward()
        norm = lib.nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.5)
        optimizer.step()
        scheduler.step()
        losses += [loss.item(), float(norm), *(group["lr"] for group in optimizer.param_groups)]
    return losses


SCRIPTS = [
    xor,
    logistic_regression,
    iris,
    regression_with_dropout_and_early_stopping,
    custom_module_with_parameter_groups,
]


@double_precision()
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_a_script_for_pytorch_gives_the_same_losses_here(script):
    start = {}

    def begin_here(model):
        start.update(model.state_dict())
        random.seed(2)
        return model

    def begin_there(model):
        model.load_state_dict({name: torch.tensor(numbers) for name, numbers in start.items()})
        random.seed(2)
        return model

    random.seed(1)
    ours, theirs = script(OURS, begin_here), script(THEIRS, begin_there)
    assert len(ours) == len(theirs)
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)
