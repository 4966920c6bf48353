"""Options that count something: whole numbers of NumPy are welcome, bools and fractions are refused in a sentence."""

from __future__ import annotations

import pytest

import nn
from autograd import Value
from nn.optim.lr_scheduler import CosineAnnealingLR, LinearLR, PolynomialLR, ReduceLROnPlateau, StepLR

numpy = pytest.importorskip("numpy", reason='NumPy is not installed: pip install "stepgrad[nn]"')


def optimizer():
    return nn.optim.SGD([Value(1.0)])


COUNTS = {
    "PReLU": lambda n: nn.PReLU(n),
    "Maxout": lambda n: nn.Maxout(1, 1, n),
    "Linear in": lambda n: nn.Linear(n, 1),
    "Linear out": lambda n: nn.Linear(1, n),
    "Neuron": lambda n: nn.Neuron(n),
    "Layer": lambda n: nn.Layer(1, n),
    "MLP": lambda n: nn.MLP(1, [n, 1]),
    "DataLoader": lambda n: nn.data.DataLoader([1, 2, 3], batch_size=n),
    "EarlyStopping": lambda n: nn.EarlyStopping(patience=n),
    "predict": lambda n: nn.predict(lambda x: x, [[1.0]], batch_size=n),
    "descend": lambda n: nn.landscapes.descend(nn.landscapes.saddle, nn.optim.SGD, steps=n, lr=0.1),
    "PolynomialFeatures": lambda n: nn.preprocessing.PolynomialFeatures(n),
    "StepLR": lambda n: StepLR(optimizer(), n),
    "LinearLR": lambda n: LinearLR(optimizer(), total_iters=n),
    "PolynomialLR": lambda n: PolynomialLR(optimizer(), n),
    "CosineAnnealingLR": lambda n: CosineAnnealingLR(optimizer(), n),
    "ReduceLROnPlateau": lambda n: ReduceLROnPlateau(optimizer(), patience=n),
}


@pytest.mark.parametrize("make", COUNTS.values(), ids=COUNTS)
def test_whole_numbers_of_numpy_count(make):
    make(numpy.int64(2))


@pytest.mark.parametrize("wrong", [True, 2.5, numpy.float64(2.0), "2", None])
@pytest.mark.parametrize("make", COUNTS.values(), ids=COUNTS)
def test_what_does_not_count_is_refused(make, wrong):
    with pytest.raises(ValueError, match=r"(must|to) be a whole number"):
        make(wrong)
